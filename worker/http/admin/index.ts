import type { Queue } from 'bullmq'
import type { FastifyInstance } from 'fastify'
import type { JobName } from '../../queue/queue.ts'
import type { Base } from '../../runtime/connections.ts'
import type { Works } from '../../runtime/runtime.ts'
import { registerSession, type SessionParts } from '../access/session.ts'
import { registerRefusals } from '../shared/refusals.ts'
import { registerAudit } from './audit.ts'
import { registerBoundaries } from './boundaries.ts'
import { registerCalendar } from './calendar.ts'
import { registerDeliveries } from './deliveries.ts'
import { registerFacts } from './facts.ts'
import { registerMetrics } from './metrics.ts'
import { registerQueues } from './queues.ts'
import { registerReports } from './reports.ts'
import { registerRunEvents } from './run-events.ts'
import { registerRuns } from './runs.ts'
import { registerSchedules } from './schedules.ts'
import { registerStatements } from './statements.ts'
import { registerSuppressions } from './suppressions.ts'
import { registerWatermarks } from './watermarks.ts'

export interface AdminParts {
  readonly base: Pick<Base, 'client' | 'config' | 'storage' | 'clock' | 'log'>
  readonly works: Pick<Works, 'context' | 'delivery'>
  readonly queues: Record<JobName, Queue>
  readonly adminToken: string
}

/** The admin surface (SPEC 8): thin routes over the same functions as the command line, behind an admin key. */
export async function registerAdmin(app: FastifyInstance, parts: AdminParts): Promise<void> {
  registerRefusals(app)
  await registerSession(app, sessionPartsOf(parts))
  for (const register of ROUTES) register(app, parts)
  await registerQueues(app, parts)
}

/** What sessions need, here and on the page. */
export const sessionPartsOf = ({ base, works, adminToken }: Omit<AdminParts, 'queues'>): SessionParts => ({
  db: base.client.db,
  secret: works.delivery.settings.secret,
  adminToken,
  secure: base.config.publicUrl.startsWith('https:'),
  clock: base.clock,
})

const ROUTES = [
  registerReports,
  registerRuns,
  registerRunEvents,
  registerStatements,
  registerDeliveries,
  registerSchedules,
  registerCalendar,
  registerBoundaries,
  registerWatermarks,
  registerSuppressions,
  registerFacts,
  registerAudit,
  registerMetrics,
]
