import type { Config } from './config.ts'
import { type QueueStore, REDIS_PREFIX } from './queue.ts'
import { redisConnection } from './redis.ts'

/** Redis where `REDIS_URL` names one, else our own database. */
export function queueStore(config: Config, databaseUrl: string): QueueStore {
  if (!config.redisUrl) return { kind: 'postgres', url: databaseUrl }
  const url = config.redisUrl
  return { kind: 'redis', connect: (use) => redisConnection(url, use), prefix: REDIS_PREFIX }
}
