import type { FastifyInstance } from 'fastify'
import { createMetrics } from '../../metrics/metrics.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { documented, OPENED_BY } from '../shared/fields.ts'

/** `GET /metrics`: Prometheus text, for an admin key or for who asks from this machine. */
export function registerMetrics(app: FastifyInstance, { connections, queues }: AdminParts): void {
  const metrics = createMetrics({ db: connections.client.db, queues, clock: connections.clock })
  app.get(
    '/metrics',
    {
      config: { ...OPENED_BY, openHere: true },
      schema: documented('metrics', 'Prometheus metrics; from this machine without a key.', {}),
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}
