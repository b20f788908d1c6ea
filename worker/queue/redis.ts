import type { ConnectionOptions } from 'bullmq'
import { Cluster, Redis } from 'ioredis'

/** BullMQ closes none that it was given, and its own copies of a connection go on trying: `hangUp` ends them all. */
export type RedisConnection = ConnectionOptions & {
  readonly hangUp: () => void
  /** From now on a command fails soon while Redis is away. Not before a queue is ready: it shakes hands only once. */
  readonly failFast: () => void
}

/**
 * A connection for BullMQ out of `redis://`, `rediss://`, `redis+cluster://h:p,h:p` or `redis+sentinel://h:p,h:p/master`.
 * It waits for Redis to return, as a worker has to; adding a job need not (`failFast`), for the ledger keeps the work.
 */
export function redisConnection(url: string): RedisConnection {
  let isOver = false
  const client = connect(url, (times) => (isOver ? null : Math.min(200 * times, 2_000)))
  client.on('error', () => {}) // unheard it would end the process; the queue's own calls tell what is wrong
  const hangUp = () => {
    isOver = true
    client.disconnect()
  }
  const failFast = () => void Object.assign(client.options, { maxRetriesPerRequest: 1, enableOfflineQueue: false })
  return Object.assign(client as unknown as ConnectionOptions, { hangUp, failFast })
}

/** Milliseconds until the next try; null: no more. */
type RetryStrategy = (times: number) => number | null

function connect(url: string, retryStrategy: RetryStrategy): Redis | Cluster {
  const options = { maxRetriesPerRequest: null, retryStrategy }
  const parts = /^redis\+(cluster|sentinel):\/\/(?:([^:@/]*):([^@/]*)@)?([^/]+)(?:\/(.*))?$/.exec(url)
  if (!parts) return new Redis(url, options)
  const [, kind, username, password, hosts = '', master = ''] = parts
  const auth = { ...(username && { username }), ...(password && { password: decodeURIComponent(password) }) }
  const nodes = hosts.split(',').map(nodeOf)
  if (kind === 'sentinel') return new Redis({ ...options, ...auth, sentinels: nodes, name: master })
  // A cluster tries a command that a node has lost again by itself, and keeps it while there is no node.
  return new Cluster(nodes, {
    redisOptions: { maxRetriesPerRequest: null, ...auth },
    clusterRetryStrategy: retryStrategy,
  })
}

function nodeOf(text: string): { host: string; port: number } {
  const [host = 'localhost', port = '6379'] = text.split(':')
  return { host, port: Number(port) }
}
