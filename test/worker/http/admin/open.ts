import { runMigrations } from 'bullmq'
import { pino } from 'pino'
import { reports } from '../../../../jobs/index.ts'
import { registerAdmin } from '../../../../worker/http/admin/index.ts'
import { createHttpServer } from '../../../../worker/http/server.ts'
import type { QueueStore } from '../../../../worker/queue/backend.ts'
import { createLocalQueue } from '../../../../worker/queue/local.ts'
import { type Job, type JobQueue, openQueues } from '../../../../worker/queue/queue.ts'
import { freshDatabase } from '../../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../../support/factories.ts'
import { openTestRuntime } from '../../../support/runtime.ts'
import { tally } from '../../../support/tally-report.ts'
import { ADMIN_TOKEN, NOW } from '../serve.ts'

export type Admin = Awaited<ReturnType<typeof openAdmin>>

/**
 * The admin surface on a port of its own, over a real database with two partners. Jobs are held until `release()`.
 * Its clock starts at NOW and is a millisecond later at every look.
 */
export async function openAdmin({ rateLimit = 100_000, store }: { rateLimit?: number; store?: QueueStore } = {}) {
  const database = await freshDatabase()
  let ticks = 0
  const clock = () => new Date(NOW.getTime() + ticks++)
  await insertProgram(database.db)
  const held = holdingQueue(() => runtime.handlers, clock)
  const runtime = await openTestRuntime(database.db, [tally, ...reports], { clock, queue: held })
  const queues = await openTestQueues(database, store)
  const config = { rateLimit, adminToken: ADMIN_TOKEN, publicUrl: 'http://bursar.test', version: '0' }
  const parts = {
    connections: {
      client: database,
      clock: () => NOW,
      storage: runtime.context.storage,
      log: runtime.context.log,
      config: config as never,
    },
    runtime,
    queues,
    adminToken: ADMIN_TOKEN,
  }
  const app = await createHttpServer({
    db: database.db,
    pool: database.pool,
    config,
    clock,
    log: pino({ level: 'silent' }),
    ready: async () => ({ database: true, queue: true, migrations: true }),
    register: [(scope) => registerAdmin(scope, parts)],
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const close = async () => {
    await app.close()
    await held.close()
    await Promise.all(Object.values(queues).map((queue) => queue.close()))
    await runtime.close()
    await database.close()
  }
  return { address, app, database, db: database.db, runtime, release: held.release, close }
}

async function insertProgram(db: Parameters<typeof insertAccount>[0]): Promise<void> {
  await insertAccount(db)
  for (const partner_id of ['p1', 'p2']) {
    await insertPartner(db, { partner_id })
    await insertCommission(db, { partner_id, amount: 100, earned_at: '2026-10-05T00:00:00Z' })
  }
}

async function openTestQueues(database: Awaited<ReturnType<typeof freshDatabase>>, store?: QueueStore) {
  if (store) return openQueues(store)
  const client = await database.pool.connect()
  await runMigrations(client).finally(() => client.release())
  return openQueues({ kind: 'postgres', url: database.url })
}

/** Keeps jobs until it is told to let them go, and from then on does them as they come. */
function holdingQueue(
  handlers: Parameters<typeof createLocalQueue>[0],
  clock: () => Date,
): JobQueue & { release: () => void } {
  const local = createLocalQueue(handlers, { concurrency: 4, clock, onError: () => {} })
  const waiting: Job[] = []
  let open = false
  const release = () => {
    open = true
    void local.add(waiting.splice(0))
  }
  return { add: async (jobs) => (open ? local.add(jobs) : void waiting.push(...jobs)), close: local.close, release }
}

/** One request to the admin API; an object is sent as JSON. */
export async function call(
  { address }: Pick<Admin, 'address'>,
  method: string,
  path: string,
  {
    body,
    headers = {},
    token = ADMIN_TOKEN,
  }: { body?: unknown; headers?: Record<string, string>; token?: string | null } = {},
) {
  const isText = typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(address + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !isText && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? (body as string) : JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const type = answer.headers.get('content-type') ?? ''
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  const json: any = /json/.test(type) ? JSON.parse(bytes.toString()) : undefined
  return { status: answer.status, headers: answer.headers, type, bytes, text: bytes.toString(), json }
}

/** Asks for a run, lets it work and waits for its end; gives back the run object. */
export async function finishedRun(admin: Admin, request: object = {}) {
  const { json } = await call(admin, 'POST', '/admin/api/runs', {
    body: { report: 'tally', period: '2026-10', ...request },
  })
  admin.release()
  await call(admin, 'GET', `/admin/api/runs/${json.id}/events`)
  return (await call(admin, 'GET', `/admin/api/runs/${json.id}`)).json
}
