import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../support/until.ts'
import { A_KEY, CHECKED, endOf, NAUGHTY, NOBODY, openPage, type Page, runIdIn, signIn } from './open.ts'

let page: Page
let me: Awaited<ReturnType<typeof signIn>>
beforeAll(async () => {
  page = await openPage()
  me = await signIn(page)
})
afterAll(() => page.close())

describe('a run', () => {
  it('is forecast before it starts, without a trace', async () => {
    const { status, text } = await me.get(`/admin/runs/check?${new URLSearchParams(CHECKED)}`)
    expect(status).toBe(200)
    expect(text).toContain('Start and send 3 mails')
    expect(text).toContain('Does not want this report')
    expect(await page.db.selectFrom('runs').select('id').execute()).toEqual([])
  })

  it('is one however often the button is clicked, at once or after it has ended', async () => {
    const click = () => me.post('/admin/runs', { ...CHECKED, key: A_KEY })
    const answers = await Promise.all(Array.from({ length: 10 }, click))
    const ids = new Set(answers.map(({ location }) => runIdIn(location)))
    expect([...ids]).toHaveLength(1)
    const run = await endOf(page, [...ids][0] as string)
    expect(run.status).toBe('partial')
    expect(runIdIn((await click()).location)).toBe(run.id)
    expect(page.mail.messages).toHaveLength(2)
    const audit = await page.db.selectFrom('audit_log').select('actor').where('action', '=', 'run.request').execute()
    expect(audit).toEqual([{ actor: 'ADMIN_TOKEN' }])
  })

  it('finds its statements by name, id, address and outcome', async () => {
    const [run] = await page.db.selectFrom('runs').select('id').execute()
    const found = async (query: Record<string, string>) => {
      const { text } = await me.get(`/admin/runs/${run?.id}?${new URLSearchParams(query)}`)
      const rows = text.slice(text.indexOf('id="rows"'))
      return ['Anna &amp; Söhne', 'Gone Ltd', 'Silent'].filter((name) => rows.includes(name))
    }
    expect(await found({})).toEqual(['Anna &amp; Söhne', 'Gone Ltd', 'Silent'])
    expect(await found({ q: 'SÖHNE' })).toEqual(['Anna &amp; Söhne'])
    expect(await found({ q: 'gone@' })).toEqual(['Gone Ltd'])
    expect(await found({ q: '%' })).toEqual([])
    expect(await found({ outcome: 'failed' })).toEqual(['Gone Ltd'])
    expect(await found({ outcome: 'not_mailed' })).toEqual(['Silent'])
    expect(await found({ outcome: 'skipped' })).toEqual([])
    expect(await found({ outcome: 'nonsense', q: '\0' })).toHaveLength(3)
  })

  it('retries what failed when the suppression is gone, and nothing else', async () => {
    const [run] = await page.db.selectFrom('runs').select('id').execute()
    const retry = () => me.post(`/admin/runs/${run?.id}/retry`, {})
    expect((await retry()).status).toBe(409)
    expect((await me.get('/admin/suppressions')).text).toContain('gone@partner.test')
    await me.post('/admin/suppressions/delete', { address: 'gone@partner.test' })
    expect((await retry()).location).toContain('done=retried')
    await endOf(page, run?.id as string)
    expect(page.mail.messages).toHaveLength(2)
    expect((await me.post(`/admin/runs/${run?.id}/cancel`, {})).status).toBe(409)
    expect((await me.post(`/admin/runs/${NOBODY}/cancel`, {})).status).toBe(404)
  })
})

describe('a statement', () => {
  const statementOf = async (subject: string) =>
    page.db.selectFrom('statements').selectAll().where('subject_id', '=', subject).executeTakeFirstOrThrow()

  it('gives its files byte for byte, and its mail in a frame where nothing runs', async () => {
    const { id } = await statementOf(NAUGHTY)
    const { text } = await me.get(`/admin/statements/${id}`)
    const [, pdf] = /href="([^"]+\.pdf)"/.exec(text) ?? []
    const file = await fetch(page.address + pdf?.replaceAll('&#39;', "'"), { headers: { cookie: me.cookie } })
    expect(file.headers.get('content-disposition')).toMatch(/^inline/)
    expect(
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    const [, mail] = /src="(\/admin\/deliveries\/[^"]+\/mail)"/.exec(text) ?? []
    const shown = await me.get(mail as string)
    expect(shown.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/)
    expect(shown.text).not.toContain('<script')
    const eml = await me.get(`${mail}.eml`)
    expect(eml.text).toContain('X-Bursar-Run:')
  })

  it('is sent again once per form, to the partner or to me', async () => {
    const { id } = await statementOf('anna')
    const delivery = await page.db
      .selectFrom('deliveries')
      .select('id')
      .where('statement_id', '=', id)
      .executeTakeFirstOrThrow()
    const resend = (fields: Record<string, string>) => me.post(`/admin/deliveries/${delivery.id}/resend`, fields)
    const before = page.mail.messages.length
    await Promise.all(Array.from({ length: 5 }, () => resend({ key: 'one' })))
    await resend({ key: 'two', whom: 'me', to: 'me@finance.test' })
    await until(() => page.mail.messages.length === before + 2, 'both mails')
    expect(
      page.mail.messages
        .slice(before)
        .flatMap(({ to }) => to)
        .sort(),
    ).toEqual(['anna@partner.test', 'me@finance.test'])
    const wrong = await resend({ key: 'three', whom: 'me', to: 'a@b.test\r\nBcc: c@d.test' })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('is no mail address')
    expect((await resend({ key: 'one', whom: 'me', to: 'else@finance.test' })).status).toBe(409)
    expect((await resend({})).status).toBe(400)
  })
})

describe('a schedule', () => {
  const PATH = '/admin/schedules/1/monthly-summary'
  const asShown = async () => {
    const { text } = await me.get(PATH)
    const was = (/name="was" value="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&quot;', '"')
    return { was, ...(JSON.parse(was) as Record<string, string>) }
  }
  const row = () =>
    page.db.selectFrom('schedules').selectAll().where('report', '=', 'monthly-summary').executeTakeFirstOrThrow()

  it('changes what was changed and leaves what another has changed meanwhile', async () => {
    const mine = await asShown()
    await me.post(PATH, { ...(await asShown()), cron: '15 7 2 * *' })
    const answer = await me.post(PATH, {
      ...mine,
      timezone: 'Europe/Warsaw',
      tables: 'commissions',
      max_wait_hours: '12',
    })
    expect(answer.location).toContain('done=saved')
    expect(await row()).toMatchObject({
      cron: '15 7 2 * *',
      timezone: 'Europe/Warsaw',
      readiness: { tables: ['commissions'], max_wait_hours: 12 },
    })
  })

  it('says what is wrong beside what was typed, and changes nothing', async () => {
    const before = await row()
    const wrong = [
      { cron: 'each morning' },
      { timezone: 'Mars/Olympus' },
      { max_age_days: 'x' },
      { tables: 'nonsense' },
      { catch_up: NAUGHTY },
      { recipients: 'a@b.test' },
    ]
    for (const field of wrong) {
      const { status, text } = await me.post(PATH, { ...(await asShown()), ...field })
      expect(status, JSON.stringify(field)).toBe(400)
      expect(text).toContain('role="alert"')
    }
    expect(await row()).toEqual(before)
  })
})

describe('a boundary that newer rules would move', () => {
  it('is shown with both instants, and kept by whoever says so', async () => {
    expect((await me.get('/admin/boundaries')).text).toContain('Every sealed boundary is where the rules have it')
    await page.db
      .insertInto('period_boundaries')
      .values({
        account_id: 1,
        local_date: '2027-12-01',
        instant: '2027-12-01T07:00:00Z',
        time_zone: 'America/Vancouver',
        tz_version: '2025c',
        run_id: '00000000-0000-4000-8000-000000000000',
        by_rules: '2027-12-01T08:00:00Z',
        checked_version: '2026f',
      })
      .execute()
    const { text } = await me.get('/admin/boundaries')
    for (const shown of ['2027-12-01T07:00:00.000Z', '2027-12-01T08:00:00.000Z', 'tz data 2025c', 'America/Vancouver'])
      expect(text).toContain(shown)
    const kept = await me.post('/admin/boundaries', { account_id: '1', date: '2027-12-01', decision: 'keep' })
    expect(kept.location).toBe('/admin/boundaries?done=kept')
    expect((await me.get('/admin/boundaries')).text).toContain('kept by ADMIN_TOKEN')
    const audit = await page.db
      .selectFrom('audit_log')
      .select(['actor', 'target'])
      .where('action', '=', 'boundary.keep')
      .execute()
    expect(audit).toEqual([{ actor: 'ADMIN_TOKEN', target: '2027-12-01' }])
    await me.post('/admin/boundaries', { account_id: '1', date: '2027-12-01', decision: 'restate' })
    expect((await me.get('/admin/boundaries')).text).toContain('Every sealed boundary is where the rules have it')
    await me.post('/admin/boundaries', { account_id: '1', date: '2027-12-01', decision: 'restate' })
  })
})
