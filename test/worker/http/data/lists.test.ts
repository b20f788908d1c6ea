import { get, type IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { insertAccount, insertLicense, insertPartner } from '../../../support/factories.ts'
import { bearer, serve, tokenFor } from '../serve.ts'

let database: TestDatabase
let app: FastifyInstance
let port: number
const tokens: Record<string, string> = {}

beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  for (const partner_id of ['long', 'short']) {
    await insertPartner(database.db, { partner_id })
    tokens[partner_id] = await tokenFor(database, 'partner', 1, partner_id)
  }
  await sql`insert into licenses (account_id, license_id, partner_id, program, product, client_name, created_at)
    select 1, 'L' || n, 'long', 'solution', 'livechat', '=' || repeat('x', 200), timestamptz '2026-01-01' + n * interval '1 minute'
    from generate_series(1, 50000) n`.execute(database.db)
  app = await serve(database)
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
})
afterAll(async () => {
  await app.close()
  await database.close()
})

const open = (path: string, partner: string): Promise<IncomingMessage> =>
  new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path: `/v2/partners${path}`, headers: bearer(tokens[partner] ?? '') }, done).on(
      'error',
      failed,
    )
  })

async function read(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8')
  let text = ''
  for await (const part of answer) text += part
  return text
}

test('a long list comes whole, batch by batch', async () => {
  const { result } = JSON.parse(await read(await open('/solutions/licenses', 'long')))
  expect(result).toHaveLength(50_000)
  expect([result[0].license, result.at(-1).license]).toEqual(['L50000', 'L1'])
  expect(new Set(result.map(({ license }: { license: string }) => license)).size).toBe(50_000)
})

test('the CSV is whole and guarded', async () => {
  const answer = await open('/solutions/licenses/search/csv', 'long')
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
  const lines = (await read(answer)).split('\r\n')
  expect(lines).toHaveLength(50_002)
  expect(lines[0]).toMatch(/^\ufeffLicense ID,Managed by/)
  expect(lines[1]).toContain(",'=xxx")
})

test('the CSV keeps to its filters', async () => {
  const filters = JSON.stringify([
    { field: 'license_created_at', operator: 'greater_or_equal', value: '2026-01-01 00:10:00' },
    { field: 'license_created_at', operator: 'lesser_or_equal', value: '2026-01-01 00:12:00' },
    { field: 'license_product', operator: 'equals', value: 'LiveChat' },
  ])
  const text = await read(await open(`/solutions/licenses/search/csv?filters=${encodeURIComponent(filters)}`, 'long'))
  expect(
    text
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]),
  ).toEqual(['L10', 'L11', 'L12'])
})

test.each(['/solutions/licenses', '/solutions/licenses/search/csv'])(
  '%s stops when the caller hangs up',
  async (path) => {
    for (let i = 0; i < 12; i++) {
      const answer = await open(path, 'long')
      await new Promise((done) => answer.once('data', done))
      answer.destroy()
    }
    // More callers hung up than the pool has connections: all of them are free or replaced.
    expect((await open('/balance', 'long')).statusCode).toBe(200)
    await expect.poll(() => busyQueries(), { timeout: 10_000 }).toBe(0)
  },
)

test('readers that stand still leave connections for everyone else', async () => {
  let answered = 0
  const stalled = Array.from({ length: 12 }, (_, i) => {
    const path = i % 2 ? '/solutions/licenses' : '/solutions/licenses/search/csv'
    const options = { host: '127.0.0.1', port, path: `/v2/partners${path}`, headers: bearer(tokens.long ?? '') }
    return get(options, (answer) => {
      answered++
      answer.once('error', () => {})
    }).on('error', () => {})
  })
  // Its share; the others of this key wait for it, and nobody else does.
  await expect.poll(() => answered, { timeout: 20_000 }).toBe(1)
  expect((await open('/balance', 'long')).statusCode).toBe(200)
  expect(JSON.parse(await read(await open('/solutions/licenses', 'short')))).toEqual({ result: [] })
  expect((await read(await open('/solutions/licenses/search/csv', 'short'))).split('\r\n')).toHaveLength(2)
  for (const request of stalled) request.destroy()
  await expect.poll(() => busyQueries(), { timeout: 20_000 }).toBe(0)
  expect(JSON.parse(await read(await open('/solutions/licenses', 'short')))).toEqual({ result: [] })
})

test('a reader that takes too little is cut off, and its connection is free', async () => {
  const config = { rateLimit: 100_000, adminToken: '', publicUrl: 'http://bursar.test', version: '0', slowReaderMs: 50 }
  const hasty = await serve(database, { config })
  await hasty.listen({ host: '127.0.0.1', port: 0 })
  const { port } = hasty.server.address() as { port: number }
  const cut = new Promise((done) => hasty.server.once('connection', (socket) => socket.once('close', done)))
  const options = {
    host: '127.0.0.1',
    port,
    path: '/v2/partners/solutions/licenses',
    headers: bearer(tokens.long ?? ''),
  }
  const answer = await new Promise<IncomingMessage>((done) => get(options, done))
  const end = new Promise((done) =>
    answer.once('error', ({ message }) => done(message)).once('end', () => done('whole')),
  )
  await cut // nothing was read of it
  answer.resume()
  expect(await end).toBe('aborted')
  await expect.poll(() => busyQueries(), { timeout: 20_000 }).toBe(0)
  await hasty.close()
})

async function busyQueries(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(database.db)
  return rows[0]?.count ?? 0
}

test.each(['/solutions/licenses', '/solutions/licenses/search/csv'])(
  '%s that fails midway never looks whole',
  async (path) => {
    const answer = await open(path, 'long')
    await new Promise((done) => answer.once('data', done))
    answer.pause()
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(database.db)
    answer.resume()
    const end = await new Promise((done) =>
      answer.once('end', () => done('whole')).once('error', ({ message }) => done(message)),
    )
    expect(end).toBe('aborted')
  },
)

test('pages by cursor hold while licences come in', async () => {
  const insert = (license_id: string, created_at: string) =>
    insertLicense(database.db, { partner_id: 'short', program: 'solution', license_id, created_at })
  // All of one microsecond: the id keeps them apart.
  for (const id of ['a', 'b', 'c', 'd', 'e']) await insert(id, '2026-03-01T10:00:00.123456Z')
  await insert('old', '2026-02-01T10:00:00Z')
  const seen: string[] = []
  let cursor = ''
  for (let page = 1; page === 1 || cursor !== ''; page++) {
    const range = 'date_from=2026-01-01&date_to=2026-12-31&limit=2'
    const next = cursor && `&next_cursor=${encodeURIComponent(cursor)}`
    const answer = JSON.parse(await read(await open(`/solutions/licenses/trial?${range}${next}`, 'short')))
    seen.push(...answer.results.map((row: { license_id: string }) => row.license_id))
    cursor = answer.next_cursor
    await insert(`new${page}`, `2026-04-0${page}T10:00:00Z`)
  }
  expect(seen).toEqual(['e', 'd', 'c', 'b', 'a', 'old'])
})
