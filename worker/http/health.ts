import type { FastifyInstance } from 'fastify'
import { HttpProblem } from './problem.ts'

/** What an instance needs before it can answer; true where it is there. */
export interface Readiness {
  readonly database: boolean
  readonly queue: boolean
  readonly migrations: boolean
}

/** `/health/live`: the process answers. `/health/ready`: it can work; 503 names what is missing. */
export function registerHealth(app: FastifyInstance, ready: () => Promise<Readiness>): void {
  const options = { config: { rateLimit: false }, schema: { hide: true } } as const
  app.get('/health/live', options, async () => ({ status: 'ok' }))
  app.get('/health/ready', options, async () => {
    const parts = await ready()
    const missing = Object.entries(parts).filter(([, there]) => !there)
    if (missing.length > 0) throw new HttpProblem(503, `not ready: ${missing.map(([name]) => name).join(', ')}`)
    return { status: 'ok', ...parts }
  })
}
