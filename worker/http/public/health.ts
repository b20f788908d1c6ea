import type { FastifyInstance } from 'fastify'
import { zoneDataVersion } from '../../../db/values/zone.ts'
import { HttpProblem } from '../shared/problem.ts'

/** What an instance needs before it can answer: true where it is there, else false or why it is not. */
export interface Readiness {
  readonly database: boolean | string
  readonly queue: boolean | string
  readonly migrations: boolean | string
  readonly clock?: boolean | string
  readonly settings?: boolean | string
}

/** `/health/live`: the process answers. `/health/ready`: it can work; 503 names what is missing. */
export function registerHealth(app: FastifyInstance, ready: () => Promise<Readiness>): void {
  const options = { config: { rateLimit: false }, schema: { hide: true } } as const
  app.get('/health/live', options, async () => ({ status: 'ok' }))
  app.get('/health/ready', options, async () => {
    const parts = await ready()
    const missing = Object.entries(parts).filter(([, there]) => there !== true)
    if (missing.length > 0) throw new HttpProblem(503, `not ready: ${missing.map(tell).join(', ')}`)
    return { status: 'ok', ...parts, tz_data: zoneDataVersion() }
  })
}

const tell = ([name, why]: [string, boolean | string]): string => (why === false ? name : `${name} (${why})`)
