import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../../../db/access/keys.ts'
import { ADMIN_TOKEN, NOW } from '../serve.ts'
import { A_KEY, CHECKED, NAUGHTY, openPage, type Page, signIn } from './open.ts'

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
  const fields = { key: key ?? ADMIN_TOKEN, next, pending }
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
