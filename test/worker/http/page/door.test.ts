import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../../../db/keys.ts'
import { isOpen } from '../../../../db/ledger/runs.ts'
import { findRunOrThrow } from '../../../../worker/run.ts'
import { until } from '../../../support/until.ts'
import { NOW } from '../serve.ts'
import { NAUGHTY, openPage, type Page, signIn } from './open.ts'

let page: Page
let me: Awaited<ReturnType<typeof signIn>>
beforeAll(async () => {
  page = await openPage()
  me = await signIn(page)
})
afterEach(async () => {
  if (page.shift.ms === 0) return
  page.shift.ms = 0
  me = await signIn(page)
})
afterAll(() => page.close())

const CHECKED = { report: 'monthly-summary', account_id: '1', period: '2026-10', mail: '1' }
const A_KEY = '0d2c8a3e-7f4b-4a21-9c55-1b6a9c1de001'
const NOBODY = '00000000-0000-4000-8000-000000000000'

const ended = (id: string) =>
  until(async () => {
    const run = await findRunOrThrow(page.works.context, id)
    return !isOpen(run) && run
  }, 'the run ends')

const runIdIn = (location: string): string => /\/admin\/runs\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''

describe('the door', () => {
  it('asks who comes for everything but the login and what that is made of', async () => {
    for (const path of ['/admin/', '/admin/runs', '/admin/statements/1', '/admin/suppressions', '/admin/nothing']) {
      const answer = await fetch(page.address + path, { redirect: 'manual', headers: { accept: 'text/html' } })
      expect(answer.status, path).toBe(303)
      expect(answer.headers.get('location')).toBe(`/admin/login?next=${encodeURIComponent(path)}`)
    }
    const { text } = await me.get('/admin/login')
    expect(text).toBe('')
    const login = await (await fetch(`${page.address}/admin/login`)).text()
    for (const [, asset] of login.matchAll(/(?:href|src)="(\/admin\/assets\/[^"]+)"/g)) {
      expect((await fetch(page.address + asset)).status, asset).toBe(200)
    }
  })

  it('refuses keys that are wrong, or of another kind, with the same page', async () => {
    const account = await createKey(page.db, { kind: 'account', accountId: 1, label: 'account', now: NOW })
    const answers = await Promise.all(['', 'wrong', account.token, NAUGHTY].map((key) => loginWith(key)))
    for (const answer of answers) expect(answer).toEqual({ ...answers[0], status: 401, cookie: null })
  })

  it('sends nobody to another place after the login', async () => {
    const elsewhere = [
      'https://evil.test/',
      '//evil.test',
      '/admin//evil.test/..',
      '/admin/../v1',
      '/\\evil.test',
      'javascript:1',
    ]
    for (const next of elsewhere) {
      const { location } = await loginWith(undefined, next)
      expect(new URL(location ?? '', page.address).origin).toBe(page.address)
      expect(new URL(location ?? '', page.address).pathname, next).toMatch(/^\/admin\//)
    }
    expect((await loginWith(undefined, '/admin/runs?status=failed')).location).toBe('/admin/runs?status=failed')
  })

  it('takes a form only with its token, and from no other origin', async () => {
    const started = () => page.db.selectFrom('runs').select('id').execute()
    const before = await started()
    const form = { ...CHECKED, key: A_KEY }
    expect((await me.post('/admin/runs', { ...form, _csrf: '' })).status).toBe(403)
    expect((await me.post('/admin/runs', { ...form, _csrf: (await signIn(page)).csrf })).status).toBe(403)
    expect((await me.post('/admin/runs', form, { origin: 'https://evil.test' })).status).toBe(403)
    expect((await me.post('/admin/runs', form, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await me.post('/admin/login', { key: 'x' }, { origin: 'https://evil.test' })).status).toBe(403)
    expect(await started()).toEqual(before)
  })

  it('keeps a form that came after the session had ended, through the login, until it is sent again', async () => {
    page.shift.ms = 13 * 3_600_000
    const late = await me.post('/admin/schedules/1/reseller-weekly', { cron: '1 2 3 4 *', was: NAUGHTY })
    expect(late.status).toBe(401)
    const pending = unescaped(/name="pending" value="([^"]+)"/.exec(late.text)?.[1] ?? '')
    expect((await loginWith('wrong', '', pending)).text).toContain('name="pending"')
    const { status, text } = await loginWith(undefined, '', pending)
    expect(status).toBe(200)
    expect(text).toContain('action="/admin/schedules/1/reseller-weekly"')
    expect(text).toContain('name="cron" value="1 2 3 4 *"')
    expect(text).toContain('name="was" value="&lt;script&gt;')
    expect(text).toMatch(/name="_csrf" value=".{20,}"/)
    for (const odd of [
      '{',
      '[]',
      '{"action":"https://evil.test","fields":{}}',
      '{"action":"//evil.test","fields":{}}',
    ]) {
      expect((await loginWith(undefined, '', odd)).location, odd).toBe('/admin/')
    }
    const polled = await me.get('/admin/', { 'hx-request': 'true', referer: `${page.address}/admin/` })
    expect(polled.headers.get('hx-redirect')).toBe('/admin/login?next=%2Fadmin%2F')
  })

  it('lets nothing inline run and nothing from elsewhere in', async () => {
    const policy = (await me.get('/admin/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:/)
    expect((await me.get('/admin/')).headers.get('cache-control')).toBe('no-store')
  })
})

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
    const run = await ended([...ids][0] as string)
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
    expect(await found({ outcome: 'skipped' })).toEqual(['Silent'])
    expect(await found({ outcome: 'nonsense', q: '\0' })).toHaveLength(3)
  })

  it('retries what failed when the suppression is gone, and nothing else', async () => {
    const [run] = await page.db.selectFrom('runs').select('id').execute()
    const retry = () => me.post(`/admin/runs/${run?.id}/retry`, {})
    expect((await retry()).status).toBe(409)
    expect((await me.get('/admin/suppressions')).text).toContain('gone@partner.test')
    await me.post('/admin/suppressions/delete', { address: 'gone@partner.test' })
    expect((await retry()).location).toContain('done=retried')
    await ended(run?.id as string)
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

describe('whatever is asked', () => {
  it('shows names as text, on every page', async () => {
    const { id } = await page.db.selectFrom('runs').select('id').executeTakeFirstOrThrow()
    const statement = await page.db
      .selectFrom('statements')
      .select('id')
      .where('subject_id', '=', NAUGHTY)
      .executeTakeFirstOrThrow()
    const preview = `/admin/preview?${new URLSearchParams({ ...CHECKED, partners: NAUGHTY })}`
    const paths = [
      '/admin/',
      '/admin/runs',
      `/admin/runs/${id}`,
      `/admin/statements/${statement.id}`,
      '/admin/deliveries',
    ]
    for (const path of [...paths, preview, `/admin/runs/check?${new URLSearchParams(CHECKED)}`, '/admin/activity']) {
      const { status, text } = await me.get(path)
      expect(status, path).toBe(200)
      expect(text, path).not.toMatch(/<script>|<img|<%=|onerror="/)
    }
    expect((await me.get(`/admin/statements/${statement.id}`)).text).toContain('&lt;script&gt;')
  })

  it('answers what is not there with a page of its own, and strange input with anything but a failure', async () => {
    for (const path of ['runs', 'statements', 'deliveries'].flatMap((kind) => [`${kind}/x`, `${kind}/${NOBODY}`])) {
      const suffix = path.startsWith('deliveries') ? '/mail' : ''
      const { status, text } = await me.get(`/admin/${path}${suffix}`)
      expect(status, path).toBe(404)
      expect(text).toContain('<h1>')
    }
    const strange = [
      '%00',
      '%',
      "'",
      '"><script>',
      '../../etc/passwd',
      '\u202e',
      '9'.repeat(300),
      '{"a":1}',
      '-1',
      '[]',
    ]
    const names = [
      'cursor',
      'q',
      'status',
      'report',
      'period',
      'outcome',
      'month',
      'account_id',
      'other',
      'partners',
      'as_of',
      'run',
      'done',
    ]
    const run = await page.db.selectFrom('runs').select('id').executeTakeFirstOrThrow()
    const paths = [
      '',
      'runs',
      `runs/${run.id}`,
      'runs/new',
      'runs/check',
      'deliveries',
      'calendar',
      'suppressions',
      'activity',
      'preview',
    ]
    for (const path of paths) {
      for (const value of [...strange, ...strange.map((one) => Buffer.from(`["${one}"]`).toString('base64url'))]) {
        for (const some of [names, ['cursor'], ['q', 'other', 'month']]) {
          const query = `${some.map((name) => `${name}=${encodeURIComponent(value)}`).join('&')}&report=monthly-summary`
          const { status } = await me.get(`/admin/${path}?${query}`)
          expect(status, `${path}?${query}`).toBeLessThan(500)
        }
      }
    }
    const forms = [
      `/admin/runs/${run.id}/retry`,
      '/admin/runs',
      '/admin/suppressions/delete',
      '/admin/schedules/1/x',
      '/admin/schedules/x/monthly-summary',
    ]
    for (const path of forms)
      for (const value of strange) {
        const { status } = await me.post(path, { address: value, key: value, report: value, was: value })
        expect(status, path).toBeLessThan(500)
      }
  })
})

describe('signing out', () => {
  it('ends the session', async () => {
    const other = await signIn(page)
    expect((await other.post('/admin/logout', {})).location).toBe('/admin/login')
    expect((await other.get('/admin/')).status).toBe(303)
  })
})

const unescaped = (html: string): string =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

async function loginWith(key?: string, next = '', pending = '') {
  const fields = { key: key ?? 'admin-token-of-the-environment', next, pending }
  const answer = await fetch(`${page.address}/admin/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
  })
  return {
    status: answer.status,
    cookie: answer.headers.get('set-cookie'),
    location: answer.headers.get('location'),
    text: await answer.text(),
  }
}
