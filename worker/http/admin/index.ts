import type { FastifyInstance } from 'fastify'
import { registerSession } from '../access/session.ts'
import { type AdminParts, sessionPartsOf } from '../shared/admin-parts.ts'
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

/** The admin surface: thin routes over the same functions as the command line, behind an admin key. */
export async function registerAdmin(app: FastifyInstance, parts: AdminParts): Promise<void> {
  registerRefusals(app)
  await registerSession(app, sessionPartsOf(parts))
  for (const register of ROUTES) register(app, parts)
  await registerQueues(app, parts)
}

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
