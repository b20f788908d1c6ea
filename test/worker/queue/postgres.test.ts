import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openClient, openQueuePool } from '../../../db/connection/client.ts'
import { MissingRights, pendingMigrations } from '../../../db/connection/migrate.ts'
import { depthsOf } from '../../../worker/metrics/queues.ts'
import { type QueueStore, whyRefused } from '../../../worker/queue/backend.ts'
import { type Job, openJobQueue, openQueues, startWorkers } from '../../../worker/queue/queue.ts'
import { migrateAll } from '../../../worker/runtime/connections.ts'
import { bareDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts'
import { postgresStore } from '../../support/pipeline.ts'
import { makeRole, revokeMaking, type TestRole } from '../../support/roles.ts'
import { until } from '../../support/until.ts'

const silent = pino({ level: 'silent' })
const clock = () => new Date('2026-11-01T06:00:00Z')
let database: TestDatabase
let role: TestRole
let closing: (() => unknown)[]
beforeEach(async () => {
  database = await freshDatabase()
  await migrateAll(database.pool, clock())
  role = await makeRole(database)
  closing = []
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await role.drop()
  await database.close()
})

const job = (n: number): Job => ({ name: 'run', data: { accountId: 1, runId: `run-${n}` } })
const jobs = (count: number) => Array.from({ length: count }, (_, n) => job(n))

function openQueue(store: QueueStore) {
  const queues = openQueues(store)
  const queue = openJobQueue(queues, clock, silent)
  closing.push(queue.close)
  return { queue, queues }
}

const waitingRuns = async (queues: ReturnType<typeof openQueues>) =>
  (await depthsOf(queues)).find(({ queue }) => queue === 'run')?.jobs?.waiting

test.each([3, 40])(
  '%s jobs are queued, once each, by a role that may make neither schemas nor temporary tables',
  async (count) => {
    await revokeMaking(database)
    const client = openClient(role.url)
    closing.push(client.close)
    await migrateAll(client.pool, clock()) // up to date: asks for no right
    const { queue, queues } = openQueue(postgresStore(role))
    await queue.add(jobs(count))
    await queue.add(jobs(count))
    expect(await waitingRuns(queues)).toBe(count)
  },
)

test('a role that may not make what is missing is told what it needs', async () => {
  const bare = await bareDatabase()
  closing.push(bare.close)
  await revokeMaking(bare)
  const mine = new URL(role.url)
  mine.pathname = new URL(bare.url).pathname
  const client = openClient(mine.href)
  closing.push(client.close)
  const refused = await migrateAll(client.pool, clock()).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(MissingRights)
  expect((refused as Error).message).toMatch(/permission denied|must have admin option/)
  expect((refused as Error).message).toContain(`grant usage, create on schema public to "${role.name}"`)
})

test('what it is told to say makes an ordinary role able to start', async () => {
  const bare = await bareDatabase()
  const name = `bursar_plain_${randomBytes(6).toString('hex')}`
  await sql`create role ${sql.id(name)} login password 'secret'`.execute(bare.db)
  await revokeMaking(bare)
  const mine = new URL(bare.url)
  mine.username = name
  mine.password = 'secret'
  const client = openClient(mine.href)
  closing.push(bare.close, client.close)
  const refused = (await migrateAll(client.pool, clock()).catch((error: unknown) => error)) as Error
  const statements = refused.message.split('\n').filter((line) => line.startsWith('  '))
  expect(statements).toHaveLength(4)
  for (const statement of statements) {
    await sql
      .raw(statement)
      .execute(bare.db)
      .catch((error: { code?: string }) => {
        if (error.code !== '42710') throw error // the role is there: it belongs to the server
      })
  }
  await migrateAll(client.pool, clock())
  expect(await pendingMigrations(client.pool)).toEqual([])
  await client.db.transaction().execute((writer) => sql`set local role bursar_tenant`.execute(writer))
})

test('sessions are read committed whatever the database has as its default', async () => {
  const name = sql.id(new URL(database.url).pathname.slice(1))
  await sql`alter database ${name} set default_transaction_isolation = 'serializable'`.execute(database.db)
  const client = openClient(database.url)
  const pool = openQueuePool(database.url, 1)
  closing.push(client.close, () => pool.end())
  for (const { query } of [client.pool, pool].map((one) => ({ query: one.query.bind(one) }))) {
    expect((await query('show transaction_isolation')).rows).toEqual([{ transaction_isolation: 'read committed' }])
  }
})

test('jobs of a paused queue count as waiting', async () => {
  const { queue, queues } = openQueue(postgresStore(database))
  await queues.run.pause()
  await queue.add(jobs(2))
  expect(await waitingRuns(queues)).toBe(2)
})

test('connections that are refused at first are asked for again; who looks is told why, and told when it is over', async () => {
  await role.limit(0)
  const store = postgresStore(role)
  const { queue, queues } = openQueue(store)
  const taken: string[] = []
  const take = async ({ runId }: { runId: string }) => void taken.push(runId)
  const nothing = async () => {}
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const handlers = { run: take, render: nothing, deliver: nothing }
  closing.push(startWorkers(store, handlers, { concurrency: 1, mailRate: 1, log }).close)
  const reason = await until(() => whyRefused(queues.run), 'the queue says why it takes nothing')
  expect(reason.message).toMatch(/too many connections for role/)
  await until(() => lines.length > 0, 'the log says so')
  await queue.add(jobs(1)) // no error: the ledger keeps the work
  await role.limit(-1)
  await until(async () => !(await whyRefused(queues.run)), 'the queue is there')
  await queue.add(jobs(1))
  await until(() => taken.length > 0, 'the job is taken')
  expect(taken).toEqual(['run-0'])
  expect(lines).toHaveLength(1)
})

test('a queue that is still away can be closed', async () => {
  await role.limit(0)
  const { queues } = openQueue(postgresStore(role))
  await until(() => whyRefused(queues.run), 'the queue says why it takes nothing')
})
