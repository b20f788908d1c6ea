import type { Queue } from 'bullmq'
import type { FastifyInstance } from 'fastify'
import type { Base } from '../../base.ts'
import { catalogue } from '../../catalogue.ts'
import type { JobName } from '../../queue.ts'
import type { Works } from '../../works.ts'

export interface AdminParts {
  readonly base: Base
  readonly works: Works
  readonly queues: Record<JobName, Queue>
}

/** The admin surface (SPEC 8): thin routes over the same functions as the command line, behind an admin key. */
export function registerAdmin(app: FastifyInstance, { base }: AdminParts): void {
  app.get('/admin/api/reports', { config: { keys: ['admin'] } }, async () => ({
    items: await catalogue(base.client.db, base.clock()),
    next_cursor: null,
  }))
}
