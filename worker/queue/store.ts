import type { Config } from '../config/config.ts'
import type { Closers } from '../flow/closers.ts'
import { type QueueStore, REDIS_PREFIX } from './backend.ts'
import { redisConnection } from './redis.ts'

/** Redis where `REDIS_URL` names one, else our own database. Its connections end with the closers. */
export function queueStore(
  config: Config,
  databaseUrl: string,
  closers: Pick<Closers, 'add'>,
  now: () => number,
): QueueStore {
  if (!config.redisUrl) return { kind: 'postgres', url: databaseUrl, connections: config.sessions.queue, now }
  const url = config.redisUrl
  const connect = () => {
    const connection = redisConnection(url)
    closers.add(connection.hangUp)
    return connection
  }
  return { kind: 'redis', connect, prefix: REDIS_PREFIX, now }
}
