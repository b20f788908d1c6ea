import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { openRun } from '../../../db/ledger/runs/runs.ts'
import { parsePeriod } from '../../../jobs/calendar/period.ts'
import { openJobQueue, openQueues } from '../../../worker/queue/queue.ts'
import { queueRun } from '../../../worker/run/enqueue.ts'
import { type Child, canPin, openChild } from '../child.ts'
import { type BenchDatabase, openDatabase } from '../database.ts'
import { environmentOf } from '../environment.ts'
import { loadFacts, PERIOD, twoPages } from '../facts.ts'
import { judge, type Measured } from '../row.ts'
import type { Stage } from '../stage.ts'

/** What a mail server of the world takes to think about a mail: more workers are there to have more of them under way. */
const THINKING_MS = 250

/**
 * `two-workers`: the same run by one worker process and by two, each kept on a core of its own as if it were a machine,
 * warm from a smaller run. Figures are one query of one worker however many there are, so the time counts from when they
 * are sealed.
 */
export async function workersRow(stage: Stage): Promise<Measured[]> {
  const partners = stage.options.quick ? 100 : 500
  const database = await openDatabase(stage)
  const sink = openChild('candidates/smtp-sink', { env: { BENCH_SMTP_MS: String(THINKING_MS) } })
  try {
    await loadFacts(database, twoPages(partners), 2)
    const port = await sink.ask<number>('listen')
    const env = environmentOf(stage, database.url, { ROLES: 'worker', SMTP_URL: `smtp://127.0.0.1:${port}` })
    const one = await runWith(database, env, 1)
    const two = await runWith(database, env, 2)
    const perSecond = (ms: number) => (partners * 1000) / ms
    const where = canPin() ? 'each worker on one core' : 'workers on no core of their own'
    return [
      judge({
        name: 'two-workers',
        unit: 'statements/s',
        peer: 'one worker',
        reach: { least: 1.7 },
        value: [perSecond(two)],
        peerValue: [perSecond(one)],
        note: `${partners.toLocaleString('en')} partners, ${where}, ten connections each to a mail server that takes ${THINKING_MS} ms a mail`,
      }),
    ]
  } finally {
    await sink.close()
    await database.drop()
  }
}

/** Milliseconds from the first sealed statement to the end of the run. */
async function runWith(
  database: BenchDatabase,
  env: Readonly<Record<string, string>>,
  workers: number,
): Promise<number> {
  const { db, pool, url } = database
  await pool.query('truncate runs, statements, files, deliveries, delivery_attempts')
  const children: Child[] = Array.from({ length: workers }, (_, core) => openChild('candidates/http', { env, core }))
  const queues = openQueues({ kind: 'postgres', url })
  const clock = () => new Date()
  const queue = openJobQueue(queues, clock, pino({ level: 'error' }))
  try {
    for (const child of children) await child.ask('address') // up and waiting
    const start = async (key: string, partners?: readonly string[]) => {
      const period = parsePeriod(key, 'UTC')
      const wanted = { accountId: 1, report: 'monthly-summary', period, asOf: period.to, partners, mail: true } as const
      const { run } = await openRun(db, { ...wanted, trigger: 'cli' }, clock())
      await queueRun({ queue }, run)
      return timeOf(database, run.id)
    }
    await start(WARM_UP, await somePartners(database))
    return await start(PERIOD)
  } finally {
    await Promise.all(children.map((child) => child.close()))
    await queue.close()
  }
}

const WARM_UP = '2026-09'

async function somePartners({ db }: BenchDatabase): Promise<string[]> {
  const rows = await db.selectFrom('partners').select('partner_id').orderBy('partner_id').limit(100).execute()
  return rows.map((row) => row.partner_id)
}

async function timeOf({ db }: BenchDatabase, id: string): Promise<number> {
  let sealed: number | undefined
  for (;;) {
    const { status, error } = await db
      .selectFrom('runs')
      .select(['status', 'error'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (['rendering', 'delivering'].includes(status)) sealed ??= performance.now()
    if (status === 'succeeded') return performance.now() - (sealed ?? Number.NaN)
    if (['partial', 'failed', 'cancelled'].includes(status)) throw new Error(`the run ended ${status}: ${error}`)
    await wait(20)
  }
}
