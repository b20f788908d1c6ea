import {
  type ConnectionOptions,
  createPostgresBackend,
  Queue,
  type Telemetry,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq'

/** Where the jobs lie: in a schema of our own database, or in Redis. This file is the only one that knows which. */
export type QueueStore = Traced &
  (
    | { readonly kind: 'postgres'; readonly url: string }
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

const traced = ({ telemetry }: Traced): Traced => (telemetry ? { telemetry } : {})

// A killed worker's jobs are taken over after its lock has run out; long handlers renew theirs. Taking over one that
// lives after all does no harm: whoever comes second finds nothing left to do on the ledger.
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
  const backend = withBackend(createPostgresBackend)
  return new backend.Queue(name, { connection: postgresOptions(store.url), ...traced(store) }) as unknown as Queue
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
  const backend = withBackend(createPostgresBackend)
  return new backend.Worker(name, processor, {
    ...LEASE,
    ...ASK_AGAIN,
    ...more,
    ...traced(store),
    connection: postgresOptions(store.url),
  } as never) as unknown as Worker
}

const postgresOptions = (url: string) => ({
  connectionString: url,
  schema: 'bullmq',
  max: 3,
  application_name: 'bursar-queue',
  // What a crash of the server takes of the queue the sweeper puts back from the ledger: no job is worth waiting for a disk.
  options: '-c synchronous_commit=off',
})
