import type { ConnectionOptions } from 'bullmq'
import { Cluster, Redis } from 'ioredis'

/**
 * A connection for BullMQ out of `redis://`, `rediss://`, `redis+cluster://h:p,h:p` or `redis+sentinel://h:p,h:p/master`.
 * Adding a job fails at once while Redis is away (the ledger keeps the work); a worker waits for its return.
 */
export function redisConnection(url: string, use: 'queue' | 'worker'): ConnectionOptions {
  const options = {
    ...(use === 'queue' ? { maxRetriesPerRequest: 1, enableOfflineQueue: false } : { maxRetriesPerRequest: null }),
    retryStrategy,
  }
  const parts = /^redis\+(cluster|sentinel):\/\/(?:([^:@/]*):([^@/]*)@)?([^/]+)(?:\/(.*))?$/.exec(url)
  if (!parts) return quiet(new Redis(url, options))
  const [, kind, username, password, hosts = '', master = ''] = parts
  const auth = { ...(username && { username }), ...(password && { password: decodeURIComponent(password) }) }
  const nodes = hosts.split(',').map(nodeOf)
  if (kind === 'sentinel') return quiet(new Redis({ ...options, ...auth, sentinels: nodes, name: master }))
  const { maxRetriesPerRequest } = options
  return quiet(
    new Cluster(nodes, {
      redisOptions: { maxRetriesPerRequest, ...auth },
      clusterRetryStrategy: retryStrategy,
    }),
  )
}

const retryStrategy = (times: number): number => Math.min(200 * times, 2_000)

function nodeOf(text: string): { host: string; port: number } {
  const [host = 'localhost', port = '6379'] = text.split(':')
  return { host, port: Number(port) }
}

/** Without a listener a lost connection would end the process; the queue's own calls tell what is wrong. */
function quiet(client: Redis | Cluster): ConnectionOptions {
  client.on('error', () => {})
  return client as unknown as ConnectionOptions
}
