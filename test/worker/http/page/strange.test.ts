import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECKED, finishedRun, NAUGHTY, NOBODY, openPage, type Page, signIn } from './open.ts'

let page: Page
let me: Awaited<ReturnType<typeof signIn>>
beforeAll(async () => {
  page = await openPage()
  me = await signIn(page)
  await finishedRun(page, me)
})
afterAll(() => page.close())

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
