import type { Queue } from 'bullmq'
import type { FastifyInstance } from 'fastify'
import type { Base } from '../../base.ts'
import type { JobName } from '../../queue.ts'
import type { Works } from '../../works.ts'
import { registerAudit } from './audit.ts'
import { registerRefusals } from './errors.ts'
import { registerReports } from './reports.ts'
import { registerRuns } from './runs.ts'

export interface AdminParts {
  readonly base: Pick<Base, 'client' | 'config' | 'storage' | 'clock' | 'log'>
  readonly works: Pick<Works, 'context' | 'delivery'>
  readonly queues: Record<JobName, Queue>
}

/** The admin surface (SPEC 8): thin routes over the same functions as the command line, behind an admin key. */
export async function registerAdmin(app: FastifyInstance, parts: AdminParts): Promise<void> {
  registerRefusals(app)
  for (const register of ROUTES) register(app, parts)
}

const ROUTES = [registerReports, registerRuns, registerAudit]
