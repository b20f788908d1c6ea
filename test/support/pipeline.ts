import pino from 'pino'
import type { ReportDefinition } from '../../jobs/report.ts'
import { type QueueStore, REDIS_PREFIX } from '../../worker/queue/backend.ts'
import { openJobQueue, openQueues, startWorkers } from '../../worker/queue/queue.ts'
import { redisConnection } from '../../worker/queue/redis.ts'
import { migrateAll } from '../../worker/runtime/connections.ts'
import { startScheduler } from '../../worker/schedule/scheduler.ts'
import type { TestDatabase } from './database.ts'
import { openTestRuntime, type TestRuntime } from './runtime.ts'

export const postgresStore = ({ url }: { url: string }): QueueStore => ({ kind: 'postgres', url })
export const redisStore = ({ url }: { url: string }): QueueStore => ({
  kind: 'redis',
  connect: () => redisConnection(url),
  prefix: REDIS_PREFIX,
})

export interface Pipeline extends TestRuntime {
  /** Takes jobs from the queue from now on. */
  readonly work: () => void
  /** Another scheduler over the same ledger; it looks at once. */
  readonly schedule: () => Promise<void>
}

/** The whole pipeline of a process over a real queue, with a clock of the test's own. */
export async function openPipeline(
  database: Pick<TestDatabase, 'db' | 'pool'>,
  store: QueueStore,
  { reports, clock, smtpUrl }: { reports: readonly ReportDefinition[]; clock: () => Date; smtpUrl?: string },
): Promise<Pipeline> {
  await migrateAll(database.pool, clock())
  const log = pino({ level: 'silent' })
  const queue = openJobQueue(openQueues(store), clock, log)
  const runtime = await openTestRuntime(database.db, reports, { clock, queue, ...(smtpUrl && { smtpUrl }) })
  const closers: (() => Promise<void>)[] = []
  return {
    ...runtime,
    work: () => {
      closers.push(startWorkers(store, runtime.handlers, { concurrency: 10, mailRate: 1000, log }).close)
    },
    schedule: async () => {
      closers.push((await startScheduler({ ...runtime, workerId: runtime.delivery.workerId })).close)
    },
    close: async () => {
      await Promise.all(closers.map((close) => close()))
      await queue.close()
      await runtime.close()
    },
  }
}
