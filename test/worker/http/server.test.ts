import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { ADMIN_TOKEN, bearer, serve, tokenFor } from './serve.ts'

let database: TestDatabase
let app: FastifyInstance

beforeAll(async () => {
  database = await freshDatabase()
  app = await serve(database, { register: [adminRoute] })
})
afterAll(async () => {
  await app.close()
  await database.close()
})

function adminRoute(scope: FastifyInstance): void {
  scope.get('/secret', { config: { keys: ['admin'] } }, async ({ apiKey }) => ({ by: apiKey?.label }))
  scope.get('/broken', async () => {
    throw new Error('the password is hunter2')
  })
}

const problemOf = (answer: { headers: Record<string, unknown>; json: () => unknown }) => {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/s)
  expect(answer.headers['x-request-id']).toBeTruthy()
  return answer.json() as Record<string, unknown>
}

test('health answers without a key, and says what is not ready', async () => {
  expect((await app.inject('/health/live')).statusCode).toBe(200)
  expect((await app.inject('/health/ready')).json()).toMatchObject({ database: true, queue: true, migrations: true })
  const waiting = await serve(database, { ready: async () => ({ database: true, queue: false, migrations: true }) })
  const answer = await waiting.inject('/health/ready')
  await waiting.close()
  expect(answer.statusCode).toBe(503)
  expect(problemOf(answer).detail).toBe('not ready: queue')
})

test('the status of the partner program takes GET and HEAD', async () => {
  for (const method of ['GET', 'HEAD'] as const) {
    expect((await app.inject({ method, url: '/v2/partners/status' })).statusCode).toBe(200)
  }
})

test('every form of a key is taken; the wrong kind is 403, a wrong or missing one 401', async () => {
  const admin = await tokenFor(database, 'admin')
  const call = (headers: Record<string, string>) => app.inject({ url: '/secret', headers })
  for (const token of [admin, ADMIN_TOKEN]) {
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, `Api-Key ${token}`]) {
      expect((await call({ authorization })).statusCode).toBe(200)
    }
    expect((await call({ api_access_token: token })).statusCode).toBe(200)
  }
  const wrong: Record<string, string>[] = [
    {},
    bearer('wrong'),
    bearer(`${admin}x`),
    { authorization: admin },
    { api_access_token: '' },
  ]
  for (const headers of wrong) {
    const answer = await call(headers)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(problemOf(answer)).toMatchObject({ title: 'Unauthorized', status: 401 })
  }
  await database.db
    .insertInto('accounts')
    .values({ account_id: 1, name: 'A', timezone: 'UTC', currency: 'USD', withdrawal_minimum: 0 })
    .execute()
  const answer = await call(bearer(await tokenFor(database, 'account', 1)))
  expect(problemOf(answer)).toMatchObject({
    title: 'Forbidden',
    status: 403,
    detail: 'an account key does not open this',
  })
})

test('errors are problems and say nothing of the inside', async () => {
  const unknown = await app.inject('/nothing/here')
  expect(problemOf(unknown)).toEqual({ title: 'Not Found', status: 404, detail: 'there is nothing at this address' })

  const method = await app.inject({ method: 'DELETE', url: '/v2/partners/status' })
  expect(problemOf(method)).toMatchObject({ status: 405 })
  expect(method.headers.allow).toBe('GET, HEAD')

  const broken = await app.inject('/broken')
  expect(problemOf(broken)).toMatchObject({ title: 'Internal Server Error', status: 500 })
  expect(broken.body).not.toContain('hunter2')

  const path = await app.inject('/v2/%zz')
  expect(problemOf(path)).toMatchObject({ status: 400, errors: [{ in: 'path' }] })
})

test('what is no HTTP is answered as a problem too', async () => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const say = (header: string) =>
    new Promise<string>((done, failed) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET /health/live HTTP/1.1\r\nhost: a\r\n${header}\r\n\r\n`),
      )
      socket.on('data', (part) => {
        text += part
        if (text.endsWith('}')) socket.end()
      })
      socket.on('close', () => done(text)).on('error', failed)
    })
  expect(await say('x: a\0b')).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s)
  expect(await say(`x: ${'a'.repeat(100_000)}`)).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json/s)
  for (const token of ['田中', "' or 1=1 --", '%00', '../..', 'a\tb', '\u0080']) {
    const answer = await app.inject({
      url: '/secret',
      headers: { authorization: `Bearer ${encodeURI(token)}`, api_access_token: encodeURI(token) },
    })
    expect(answer.statusCode).toBe(401)
  }
})

test('a request id of the caller is kept if it is harmless', async () => {
  const ask = async (id: string) =>
    (await app.inject({ url: '/health/live', headers: { 'x-request-id': id } })).headers['x-request-id']
  expect(await ask('trace-1')).toBe('trace-1')
  expect(await ask('a b')).not.toBe('a b')
})

test('past the rate limit: 429 with Retry-After, per key and per address', async () => {
  const config = { rateLimit: 2, adminToken: ADMIN_TOKEN, publicUrl: 'http://bursar.test', version: '0' }
  const limited = await serve(database, { config, register: [adminRoute] })
  const call = async (token: string) => (await limited.inject({ url: '/secret', headers: bearer(token) })).statusCode
  const [one, other] = [await tokenFor(database, 'admin'), await tokenFor(database, 'admin')]
  expect([await call(one), await call(one), await call(one), await call(other)]).toEqual([200, 200, 429, 200])
  // Guesses count together, however different.
  expect([await call('guess-1'), await call('guess-2'), await call('guess-3')]).toEqual([401, 401, 429])
  const answer = await limited.inject({ url: '/secret', headers: bearer(one) })
  await limited.close()
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(problemOf(answer)).toMatchObject({ title: 'Too Many Requests', status: 429 })
})

describe('behind a proxy', () => {
  /** How many of these calls without a key get through, each with its X-Forwarded-For, where one address may call once. */
  async function answers(trustProxy: number | string[] | undefined, forwarded: string[]) {
    const config = { rateLimit: 1, adminToken: ADMIN_TOKEN, publicUrl: 'http://bursar.test', version: '0', trustProxy }
    const limited = await serve(database, { config, register: [adminRoute] })
    const statuses: number[] = []
    for (const header of forwarded)
      statuses.push((await limited.inject({ url: '/secret', headers: { 'x-forwarded-for': header } })).statusCode)
    await limited.close()
    return statuses
  }

  test.each<[string, number | string[] | undefined, string[], number[]]>([
    ['nobody is trusted: what a caller says of its address is nothing', undefined, ['1.1.1.1', '2.2.2.2'], [401, 429]],
    ['one proxy: callers are told apart', 1, ['1.1.1.1', '2.2.2.2', '1.1.1.1'], [401, 401, 429]],
    [
      'one proxy: what stands before its word is the caller’s own',
      1,
      ['9.9.9.9, 1.1.1.1', '8.8.8.8, 1.1.1.1'],
      [401, 429],
    ],
    ['two proxies', 2, ['1.1.1.1, 10.0.0.1', '2.2.2.2, 10.0.0.1'], [401, 401]],
    ['an address of a proxy', ['127.0.0.1'], ['1.1.1.1', '2.2.2.2'], [401, 401]],
    ['a block of proxies', ['127.0.0.0/8', '10.0.0.0/8'], ['1.1.1.1, 10.2.3.4', '2.2.2.2, 10.2.3.4'], [401, 401]],
    ['another proxy than this', ['10.0.0.0/8'], ['1.1.1.1', '2.2.2.2'], [401, 429]],
  ])('%s', async (_what, trustProxy, forwarded, statuses) => {
    expect(await answers(trustProxy, forwarded)).toEqual(statuses)
  })
})

test('the documentation is served from here alone', async () => {
  const { openapi } = (await app.inject('/docs/json')).json()
  expect(openapi).toBe('3.1.0')
  const page = await app.inject('/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//)
  expect(page.headers['content-security-policy']).toContain("default-src 'self'")
})
