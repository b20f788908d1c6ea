import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey, revokeKey } from '../../../../db/access/keys.ts'
import { registerSession, type Sessions, sessionOf } from '../../../../worker/http/access/session.ts'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { insertAccount } from '../../../support/factories.ts'
import { ADMIN_TOKEN, NOW, serve, tokenFor } from '../serve.ts'

let database: TestDatabase
let now = NOW
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
})
afterAll(() => database.close())

/** A scope with a login, something to read and something to write, as the page and the API have them. */
async function open({ adminToken = ADMIN_TOKEN, secret = 'a secret of this test' } = {}) {
  const clock = () => now
  return serve(database, {
    register: [
      async (scope) => {
        const parts = { db: database.db, secret, adminToken, secure: true, clock }
        const sessions: Sessions = await registerSession(scope, parts)
        scope.post<{ Body: { key: string } }>('/admin/in', async (request, reply) => ({
          outcome: await sessions.logIn(request, reply, request.body.key),
        }))
        scope.post('/admin/out', async (request, reply) => ({ out: await sessions.logOut(request, reply) }))
        scope.get('/admin/who', async (request) => ({
          who: sessionOf(request)?.key.label,
          csrf: sessionOf(request)?.csrf,
        }))
        scope.get('/admin/api/read', { config: { keys: ['admin'] } }, async ({ apiKey }) => ({ by: apiKey?.label }))
        scope.post('/admin/api/write', { config: { keys: ['admin'] } }, async () => ({}))
        scope.put('/admin/queues/write', { config: { keys: ['admin'], sessionWrites: true } }, async () => ({}))
      },
    ],
  })
}
type Server = Awaited<ReturnType<typeof open>>

const logIn = async (app: Server, key: string) => {
  const answer = await app.inject({ method: 'POST', url: '/admin/in', payload: { key } })
  return { outcome: answer.json().outcome as string, cookies: answer.cookies, cookie: answer.cookies[0]?.value ?? '' }
}
const who = async (app: Server, cookie: string) =>
  (await app.inject({ url: '/admin/who', cookies: { bursar_session: cookie } })).json().who as string | undefined

test('an admin key logs in to a cookie that no script and no other site can use', async () => {
  const app = await open()
  const { outcome, cookies, cookie } = await logIn(app, ADMIN_TOKEN)
  expect(outcome).toBe('in')
  expect(cookies).toMatchObject([
    { name: 'bursar_session', path: '/admin', httpOnly: true, sameSite: 'Strict', secure: true },
  ])
  expect(cookie).not.toContain(ADMIN_TOKEN)
  expect(await who(app, cookie)).toBe('ADMIN_TOKEN')
  await app.close()
})

test('wrong keys of every kind are refused alike, slowly, and no more than ten a minute', async () => {
  const app = await open()
  const wrong = ['', 'nonsense', await tokenFor(database, 'account', 1), `${ADMIN_TOKEN}x`, "' or 1=1 --", '\0']
  for (const key of wrong) {
    const began = performance.now()
    expect(await logIn(app, key), key).toMatchObject({ outcome: 'wrong', cookies: [] })
    expect(performance.now() - began).toBeGreaterThan(450)
  }
  await Promise.all(Array.from({ length: 4 }, () => logIn(app, 'guess')))
  expect((await logIn(app, ADMIN_TOKEN)).outcome).toBe('limited')
  now = new Date(NOW.getTime() + 61_000)
  expect((await logIn(app, ADMIN_TOKEN)).outcome).toBe('in')
  now = NOW
  await app.close()
})

test('a session reads with its cookie; it writes only where that is meant, and only from our own page', async () => {
  const app = await open()
  const { cookie } = await logIn(app, ADMIN_TOKEN)
  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, headers: Record<string, string> = {}) =>
    (
      await app.inject({
        method,
        url,
        headers: { host: 'bursar.test', ...headers },
        cookies: { bursar_session: cookie },
      })
    ).statusCode
  expect(await ask('GET', '/admin/api/read')).toBe(200)
  expect(await ask('POST', '/admin/api/write', { origin: 'http://bursar.test' })).toBe(401)
  expect(await ask('PUT', '/admin/queues/write', { origin: 'http://bursar.test' })).toBe(200)
  expect(await ask('PUT', '/admin/queues/write', { 'sec-fetch-site': 'same-origin' })).toBe(200)
  const foreign = [
    {},
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://bursar.test' },
  ]
  for (const headers of foreign) expect(await ask('PUT', '/admin/queues/write', headers as never)).toBe(401)
  expect(await ask('GET', '/admin/api/read', { authorization: 'Bearer wrong' })).toBe(401)
  await app.close()
})

test('a session ends by logging out, by its time, with its key, and with another ADMIN_TOKEN or SECRET', async () => {
  const app = await open()
  const left = await logIn(app, ADMIN_TOKEN)
  await app.inject({ method: 'POST', url: '/admin/out', cookies: { bursar_session: left.cookie } })
  expect(await who(app, left.cookie)).toBeUndefined()

  const key = await createKey(database.db, { kind: 'admin', label: 'Ann', now })
  const revoked = await logIn(app, key.token)
  expect(await who(app, revoked.cookie)).toBe('Ann')
  await revokeKey(database.db, key.id, now)
  expect(await who(app, revoked.cookie)).toBeUndefined()

  const { cookie } = await logIn(app, ADMIN_TOKEN)
  for (const other of [{ adminToken: 'another token of this place' }, { secret: 'another secret' }]) {
    const changed = await open(other)
    expect(await who(changed, cookie)).toBeUndefined()
    await changed.close()
  }
  now = new Date(NOW.getTime() + 12 * 3_600_000)
  expect(await who(app, cookie)).toBeUndefined()
  now = NOW
  expect(await who(app, cookie)).toBe('ADMIN_TOKEN')
  await app.close()
})

test('a cookie that was changed is none', async () => {
  const app = await open()
  const { cookie } = await logIn(app, ADMIN_TOKEN)
  const forged = [
    cookie.slice(0, -2),
    `${cookie}x`,
    cookie.replace('.', ''),
    cookie.split('.')[0],
    '..',
    'null',
    '[]',
    '%00',
  ]
  for (const one of forged) expect(await who(app, one as string), one).toBeUndefined()
  await app.close()
})
