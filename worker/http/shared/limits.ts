import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { HttpProblem } from './problem.ts'

/**
 * So many requests a minute per key, and per address for all that come without a right key, guesses included (docs/data-api.md, Keys and walls).
 * Counted in this process. A route with `config.rateLimit: false` is not counted.
 */
export async function registerRateLimit(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: '1 minute',
    hook: 'onRequest',
    cache: 50_000,
    keyGenerator: ({ apiKey, ip }) => (apiKey ? `key ${apiKey.kind} ${apiKey.id}` : `address ${ip}`),
    errorResponseBuilder: (_request, { max, ttl }) =>
      new HttpProblem(429, `more than ${max} requests a minute; again in ${Math.ceil(ttl / 1000)} s`),
  })
}
