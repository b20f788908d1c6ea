import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import { findRunOrThrow } from '../../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../../worker/actions/request-run.ts'
import { REDIS_PREFIX } from '../../../worker/queue/backend.ts'
import { openJobQueue, openQueues, startWorkers } from '../../../worker/queue/queue.ts'
import { redisConnection } from '../../../worker/queue/redis.ts'
import { sweep } from '../../../worker/schedule/sweeper.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import {
  hasRedisServer,
  type RedisGroup,
  startCluster,
  startSentinels,
  startSingle,
} from '../../support/redis-groups.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { startMailServer } from '../../support/smtp.ts'
import { tally } from '../../support/tally-report.ts'
import { until } from '../../support/until.ts'

const PARTNERS = 150
const log = pino({ level: 'silent' })
const clock = () => new Date()
let database: TestDatabase
let mails: Awaited<ReturnType<typeof startMailServer>>
let redis: RedisGroup
let runtime: TestRuntime
let closers: (() => Promise<unknown>)[]

beforeEach(async () => {
  closers = []
  database = await freshDatabase()
  mails = await startMailServer()
  await insertAccount(database.db)
  for (let n = 0; n < PARTNERS; n++) {
    const { partner_id } = await insertPartner(database.db)
    await insertCommission(database.db, { partner_id, amount: n, earned_at: '2026-10-05T12:00:00Z' })
  }
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  await runtime.close()
  await redis.close()
  await mails.close()
  await database.close()
})

/** A worker over the group, and the minute's sweep of a scheduler, each second. */
async function work(): Promise<void> {
  const store = {
    kind: 'redis',
    prefix: REDIS_PREFIX,
    connect: () => redisConnection(redis.url),
  } as const
  const queue = openJobQueue(openQueues(store), clock, log)
  runtime = await openTestRuntime(database.db, [tally], { clock, smtpUrl: mails.url, queue })
  const workers = startWorkers(store, runtime.handlers, { concurrency: 4, mailRate: 50, log })
  const sweeping = setInterval(() => void sweep(runtime.context).catch(() => {}), 1000)
  closers.push(queue.close, workers.close, async () => clearInterval(sweeping))
}

const october = { report: 'tally', period: '2026-10', accountId: 1, mail: true, trigger: 'http' } as const

async function ended(id: string) {
  const run = await until(
    async () => {
      const found = await findRunOrThrow(runtime.context, id)
      return !isOpen(found) && found
    },
    'the run ends',
    60,
  )
  return run.status
}
const recipients = () => mails.messages.flatMap(({ to }) => to)

describe.runIf(hasRedisServer('Redis, Redis Cluster and Sentinel')).each([
  ['Redis that comes back empty', startSingle],
  ['Redis Cluster', startCluster],
  ['Redis Sentinel', startSentinels],
])('%s', (_, start) => {
  beforeEach(async () => {
    redis = await start()
    await work()
  })

  it('carries a run; one that loses its master on the way ends right, each mail once', {
    timeout: 120_000,
  }, async () => {
    const { run } = await openRequestedRun(runtime.context, october)
    await until(() => mails.messages.length > 10, 'mails are on their way')
    expect(isOpen(await findRunOrThrow(runtime.context, run.id))).toBe(true)
    await redis.failOver()
    expect(await ended(run.id)).toBe('succeeded')
    expect(new Set(recipients()).size).toBe(PARTNERS)
    expect(recipients()).toHaveLength(PARTNERS)
  })
})
