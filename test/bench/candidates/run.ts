import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import pino from 'pino'
import { openRequestedRun } from '../../../worker/actions/request-run.ts'
import { openLocalRuntime } from '../../../worker/cli/run.ts'
import { readConfig } from '../../../worker/config/config.ts'
import { createHandlers } from '../../../worker/pipeline.ts'
import { type Job, type JobQueue, mailsUnderWay, RENDERED_AT_ONCE } from '../../../worker/queue/queue.ts'
import { computeRun } from '../../../worker/run/compute.ts'
import { openConnections } from '../../../worker/runtime/connections.ts'
import { openRuntime } from '../../../worker/runtime/runtime.ts'
import { answerQuestions } from '../child.ts'
import { watchLoop } from '../loop-gap.ts'

export interface RunAnswer {
  readonly ms: number
  readonly statements: number
  readonly sent: number
  /** The most that was ever resident, in MB. */
  readonly peakMb: number
  readonly longestGapMs: number
}
export interface StagesAnswer {
  readonly computeMs: number
  readonly renderMs: number
  readonly deliverMs: number
}

const clock = () => new Date()
const JOINING = { command: 'bench', uses: ['mail', 'links', 'files'] } as const
const connections = await openConnections(readConfig(process.env), pino({ level: 'error' }), clock)
const request = {
  report: 'monthly-summary',
  period: process.env.BENCH_PERIOD ?? '',
  accountId: 1,
  mail: true,
  trigger: 'cli',
} as const

answerQuestions(
  async (question: 'whole' | 'stages') => (question === 'whole' ? whole() : stages()),
  () => connections.closers.close(),
)

/** As `bursar run` does it: all stages at once, in this process. */
async function whole(): Promise<RunAnswer> {
  const { context } = await openLocalRuntime(connections, JOINING)
  const loop = watchLoop()
  const began = performance.now()
  const { run } = await openRequestedRun(context, request)
  await ended(run.id)
  const ms = performance.now() - began
  const { rows } = await sql<{ statements: number; sent: number }>`
    select (select count(*)::int from statements where run_id = ${run.id} and status = 'rendered') as statements,
      (select count(*)::int from deliveries where run_id = ${run.id} and status = 'sent') as sent`.execute(
    connections.client.db,
  )
  const found = rows[0] ?? { statements: 0, sent: 0 }
  return { ms, ...found, peakMb: peakMb(), longestGapMs: loop.longestGapMs() }
}

/** One stage after the other, each alone on the machine, with the same verbs and as many at a time as in a whole run. */
async function stages(): Promise<StagesAnswer> {
  const jobs: Job[] = []
  const queue: JobQueue = { add: async (more) => void jobs.push(...more), close: async () => {} }
  const runtime = await openRuntime(connections, queue, JOINING)
  const handlers = createHandlers(runtime.context, runtime.delivery)
  const { run } = await openRequestedRun(runtime.context, request)
  const computeMs = await timed(() => computeRun(runtime.context, { accountId: 1, runId: run.id }))
  const renders = jobs.flatMap((job) => (job.name === 'render' ? [job] : []))
  jobs.length = 0
  const renderMs = await timed(() => inParallel(renders, RENDERED_AT_ONCE, (job) => handlers.render(job.data)))
  const mails = [
    ...new Map(jobs.flatMap((job) => (job.name === 'deliver' ? [[job.data.deliveryId, job] as const] : []))).values(),
  ]
  const deliverMs = await timed(() =>
    inParallel(mails, mailsUnderWay(connections.config.workerConcurrency), (job) => handlers.deliver(job.data)),
  )
  return { computeMs, renderMs, deliverMs }
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: width }, lane))
}

async function ended(id: string): Promise<void> {
  for (;;) {
    const run = await connections.client.db
      .selectFrom('runs')
      .select(['status', 'error'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (run.status === 'succeeded') return
    if (['partial', 'failed', 'cancelled'].includes(run.status))
      throw new Error(`the run ended ${run.status}: ${run.error}`)
    await new Promise((later) => setTimeout(later, 50))
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Linux counts it for this program alone; elsewhere it is what the system says of the process. */
function peakMb(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
