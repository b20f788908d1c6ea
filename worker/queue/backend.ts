import { type ConnectionOptions, Queue, type Telemetry, Worker, type WorkerOptions, withBackend } from 'bullmq'
import { patientBackend, troubleOpening } from './postgres.ts'

/** Where the jobs lie: in a schema of our own database, or in Redis. This file is the only one that knows which. */
export type QueueStore = Traced &
  Timed &
  (
    | {
        readonly kind: 'postgres'
        readonly url: string
        /** Sessions at most, of all queues and workers together; three of them listen. */
        readonly connections?: number
      }
    | {
        readonly kind: 'redis'
        readonly connect: () => ConnectionOptions & { readonly failFast: () => void }
        readonly prefix: string
      }
  )

/** Redis finds one slot for all keys of a queue in a cluster by the braces. */
export const REDIS_PREFIX = '{bursar}'

interface Traced {
  /** Where jobs tell how long they waited and took. */
  readonly telemetry?: Telemetry
}

interface Timed {
  /** The ledger's time in milliseconds, by which locks run out; the machine's own where nothing is said. */
  readonly now?: () => number
}

const traced = ({ telemetry }: Traced): Traced => (telemetry ? { telemetry } : {})

// A killed worker's jobs are taken over within twenty seconds: when its lock has run out and two looks have found it so; long
// handlers renew theirs. Taking over one that lives after all does no harm: whoever comes second finds nothing left to do.
const LEASE = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 }

/** How soon a worker asks again after it has lost its queue. */
const ASK_AGAIN = { runRetryDelay: 1_000 }

/** For adding jobs. */
export function makeQueue(store: QueueStore, name: string): Queue {
  if (store.kind === 'redis') {
    const connection = store.connect()
    const queue = new Queue(name, { connection, prefix: store.prefix, ...traced(store) })
    queue.waitUntilReady().then(connection.failFast, () => {})
    return queue
  }
  const backend = withBackend(backendOf(store))
  return new backend.Queue(name, { connection: store.url, ...traced(store) }) as unknown as Queue
}

/** Takes jobs; `more` is said of this queue alone. */
export function makeWorker(
  store: QueueStore,
  name: string,
  take: (job: { data: never }) => Promise<void>,
  more: Partial<WorkerOptions>,
): Worker {
  const processor = take as (job: unknown) => Promise<void>
  if (store.kind === 'redis') {
    return new Worker(name, processor, {
      connection: store.connect(),
      prefix: store.prefix,
      ...LEASE,
      ...ASK_AGAIN,
      ...more,
      ...traced(store),
    })
  }
  const backend = withBackend(backendOf(store))
  return new backend.Worker(name, processor, {
    ...LEASE,
    ...ASK_AGAIN,
    ...more,
    ...traced(store),
    connection: store.url,
  } as never) as unknown as Worker
}

/** Why a queue in PostgreSQL could not be opened yet; undefined where it is open, and for Redis. */
export const whyUnopened = (queue: Queue): Promise<Error | undefined> => troubleOpening(queue.getBackend())

/** Why a queue takes no jobs; undefined where it does. */
export async function whyRefused(queue: Queue): Promise<Error | undefined> {
  try {
    const trouble = await whyUnopened(queue)
    if (trouble) return trouble
    await queue.getJobCounts('waiting')
    await tryToWrite(queue)
    return undefined
  } catch (error) {
    return error as Error
  }
}

type RedisSet = (key: string, value: string, options: { PX: number }) => Promise<unknown>

/** A Redis that is full, a replica or cannot save answers questions as ever. */
async function tryToWrite(queue: Queue): Promise<void> {
  const { client } = queue.getBackend() as { client?: Promise<{ set: RedisSet }> }
  if (client) await (await client).set(queue.toKey('ready'), '1', { PX: 60_000 })
}

type PostgresStore = Extract<QueueStore, { kind: 'postgres' }>
const backends = new WeakMap<PostgresStore, ReturnType<typeof patientBackend>>()

/** One for all queues and workers of a store, because they share its sessions. */
function backendOf(store: PostgresStore): ReturnType<typeof patientBackend> {
  const known =
    backends.get(store) ?? patientBackend(store.url, store.connections ?? QUEUE_SESSIONS, store.now ?? Date.now)
  backends.set(store, known)
  return known
}

/** Three listen, as many as there are queues; four ask. */
const QUEUE_SESSIONS = 7
