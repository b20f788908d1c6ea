import type { ConnectionOptions } from 'bullmq'
import { Cluster, Redis } from 'ioredis'

/** BullMQ closes none that it was given, and its own copies of a connection go on trying: `hangUp` ends them all. */
export type RedisConnection = ConnectionOptions & { readonly hangUp: () => void }

/**
 * A connection for BullMQ out of `redis://`, `rediss://`, `redis+cluster://h:p,h:p` or `redis+sentinel://h:p,h:p/master`.
 * Adding a job fails at once while Redis is away (the ledger keeps the work); a worker waits for its return.
 */
export function redisConnection(url: string, use: 'queue' | 'worker'): RedisConnection {
  let isOver = false
  const client = connect(url, use, (times) => (isOver ? null : Math.min(200 * times, 2_000)))
  client.on('error', () => {}) // unheard it would end the process; the queue's own calls tell what is wrong
  const hangUp = () => {
    isOver = true
    client.disconnect()
  }
  return Object.assign(client as unknown as ConnectionOptions, { hangUp })
}

/** Milliseconds until the next try; null: no more. */
type RetryStrategy = (times: number) => number | null

function connect(url: string, use: 'queue' | 'worker', retryStrategy: RetryStrategy): Redis | Cluster {
  const options = {
    ...(use === 'queue' ? { maxRetriesPerRequest: 1, enableOfflineQueue: false } : { maxRetriesPerRequest: null }),
    retryStrategy,
  }
  const parts = /^redis\+(cluster|sentinel):\/\/(?:([^:@/]*):([^@/]*)@)?([^/]+)(?:\/(.*))?$/.exec(url)
  if (!parts) return new Redis(url, options)
  const [, kind, username, password, hosts = '', master = ''] = parts
  const auth = { ...(username && { username }), ...(password && { password: decodeURIComponent(password) }) }
  const nodes = hosts.split(',').map(nodeOf)
  if (kind === 'sentinel') return new Redis({ ...options, ...auth, sentinels: nodes, name: master })
  const { maxRetriesPerRequest } = options
  return new Cluster(nodes, { redisOptions: { maxRetriesPerRequest, ...auth }, clusterRetryStrategy: retryStrategy })
}

function nodeOf(text: string): { host: string; port: number } {
  const [host = 'localhost', port = '6379'] = text.split(':')
  return { host, port: Number(port) }
}
