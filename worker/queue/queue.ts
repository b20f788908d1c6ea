import type { Queue, WorkerOptions } from 'bullmq'
import type { Logger } from 'pino'
import { makeQueue, makeWorker, type QueueStore, whyUnopened } from './backend.ts'

/** What a job says: look at this row. Everything else is on the ledger. */
export type Job =
  | { readonly name: 'run'; readonly data: { accountId: number; runId: string } }
  | { readonly name: 'render'; readonly data: { accountId: number; runId: string; first: number } }
  | {
      readonly name: 'deliver'
      readonly data: { accountId: number; deliveryId: string }
      /** Not before; part of the job's identity, so that the next attempt is another job. */
      readonly due: Date
    }
export type JobName = Job['name']
export type Handlers = { readonly [Name in JobName]: (data: Extract<Job, { name: Name }>['data']) => Promise<void> }

export interface JobQueue {
  /** Queues what is not queued yet. A queue that is away is no error: the sweeper asks again from the ledger. */
  readonly add: (jobs: readonly Job[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** Chunks of a process under way: one is drawn while the files of the one before are put away. */
export const RENDERED_AT_ONCE = 2

/** Jobs of mails: while some have their places, as many others are closed or wait for one. */
export const mailsUnderWay = (sentAtOnce: number): number => 2 * sentAtOnce

export const JOB_NAMES: readonly JobName[] = ['run', 'render', 'deliver']
const QUEUE_OF = { run: 'bursar-runs', render: 'bursar-render', deliver: 'bursar-deliver' } as const satisfies Record<
  JobName,
  string
>
const ADD_TIMEOUT_MS = 2_000
const FAREWELL_MS = 3_000

/** The queues themselves, for adding jobs and for the queue page. */
export function openQueues(store: QueueStore): Record<JobName, Queue> {
  const open = (name: JobName) => {
    const queue = makeQueue(store, QUEUE_OF[name])
    queue.on('error', () => {}) // told by the call that failed, and by readiness
    return queue
  }
  return { run: open('run'), render: open('render'), deliver: open('deliver') }
}

/** `now`: the time by which the queue counts delays, in milliseconds. */
export function openJobQueue(
  queues: Record<JobName, Queue>,
  clock: () => Date,
  log: Logger,
  now: () => number = Date.now,
): JobQueue {
  const addAll = createAdder(log)
  const addNow = async (name: JobName, jobs: readonly Job[]) => {
    const trouble = await whyUnopened(queues[name])
    if (trouble) throw trouble
    await addAll(
      queues[name],
      jobs.map((job) => ({ name, data: job.data, opts: optionsOf(job, clock(), now()) })),
    )
  }
  const addTo = async (name: JobName, jobs: readonly Job[]) => {
    if (jobs.length > 0) await withTimeout(addNow(name, jobs), ADD_TIMEOUT_MS + jobs.length)
  }
  return {
    async add(jobs) {
      const results = await Promise.allSettled(
        JOB_NAMES.map((name) =>
          addTo(
            name,
            jobs.filter((job) => job.name === name),
          ),
        ),
      )
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) log.warn({ err: failed.reason, jobs: jobs.length }, 'the queue is away; the ledger keeps the work')
    },
    close: async () => {
      await farewell(Object.values(queues))
    },
  }
}

const FEW = 8
const ADDED_AT_ONCE = 4
const PERMISSION_DENIED = '42501'

/**
 * Adds jobs: a few one by one, which costs PostgreSQL less than the two temporary tables of BullMQ's bulk, many in bulk, and
 * those one by one too where the role may make no temporary tables.
 */
function createAdder(log: Logger) {
  let bulk = true
  return async (queue: Queue, jobs: Parameters<Queue['addBulk']>[0]): Promise<void> => {
    if (bulk && jobs.length > FEW) {
      try {
        await queue.addBulk(jobs)
        return
      } catch (error) {
        if ((error as { code?: string }).code !== PERMISSION_DENIED) throw error
        bulk = false
        log.info({ err: error }, 'jobs are queued one by one, because the database lets us make no temporary tables')
      }
    }
    const left = [...jobs]
    const addNext = async (): Promise<void> => {
      for (let job = left.shift(); job; job = left.shift()) await queue.add(job.name, job.data, job.opts)
    }
    await Promise.all(Array.from({ length: ADDED_AT_ONCE }, addNext))
  }
}

/** The same job has the same id, so the queue holds it once; done or failed, it leaves no trace but the ledger's. */
function optionsOf(job: Job, now: Date, timestamp: number) {
  const delay = job.name === 'deliver' ? Math.max(0, job.due.getTime() - now.getTime()) : 0
  return {
    jobId: jobId(job),
    delay,
    timestamp: Math.round(timestamp),
    removeOnComplete: true,
    removeOnFail: true,
    attempts: 1,
  }
}

/** The same work has the same id. */
export function jobId(job: Job): string {
  if (job.name === 'run') return `run_${job.data.runId}`
  if (job.name === 'render') return `render_${job.data.runId}_${job.data.first}`
  return `deliver_${job.data.deliveryId}_${job.due.getTime()}`
}

/** Starts taking jobs. A handler that throws is taken up again by the sweeper; nothing is retried by the queue itself. */
export function startWorkers(
  store: QueueStore,
  handlers: Handlers,
  { concurrency, mailRate, log }: { concurrency: number; mailRate: number; log: Logger },
): { close: () => Promise<void>; hold: (isHeld: boolean) => void } {
  const inFlight = new Set<Promise<void>>()
  const complain = createComplaint(log)
  const start = <Name extends JobName>(name: Name, more: Partial<WorkerOptions>) => {
    const take = (job: { data: never }) => {
      const work = handlers[name](job.data).finally(() => inFlight.delete(work))
      inFlight.add(work)
      return work
    }
    const worker = makeWorker(store, QUEUE_OF[name], take, more)
    worker.on('error', complain)
    worker.on('failed', (_job, error) =>
      log.error({ err: error, queue: name }, 'a job failed; the sweeper takes it up again'),
    )
    return worker
  }
  const workers = [
    start('run', { concurrency: 2 }),
    start('render', { concurrency: RENDERED_AT_ONCE }),
    start('deliver', { concurrency: mailsUnderWay(concurrency), limiter: { max: mailRate, duration: 1000 } }),
  ]
  const hold = (isHeld: boolean) => {
    for (const worker of workers) if (worker.isPaused() !== isHeld) void (isHeld ? worker.pause(true) : worker.resume())
  }
  return { hold, close: () => farewell(workers, () => Promise.allSettled(inFlight)) }
}

const SILENCE_MS = 60_000

/** One line for a queue that is away, however many ask for it and however often; the next when it has been quiet. */
function createComplaint(log: Logger): (error: Error) => void {
  let last = Number.NEGATIVE_INFINITY
  return (error) => {
    const now = performance.now()
    if (now - last > SILENCE_MS) log.warn({ err: error }, 'the queue is away; it is asked again until it is back')
    last = now
  }
}

/** Closes them when `lastWork` is done; a queue that is away would never let go, and nothing of it is lost. */
async function farewell(
  open: readonly { close: () => Promise<void> }[],
  lastWork: () => Promise<unknown> = async () => {},
): Promise<void> {
  const closing = Promise.allSettled(open.map((one) => one.close()))
  await lastWork()
  await withTimeout(closing, FAREWELL_MS).catch(() => undefined)
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer from the queue within ${ms / 1000} s`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
