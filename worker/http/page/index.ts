import type { FastifyInstance } from 'fastify'
import { registerSession } from '../access/session.ts'
import { sessionPartsOf } from '../shared/admin-parts.ts'
import { registerActivity } from './activity.ts'
import { registerAssets } from './assets.ts'
import { registerBoundaries } from './boundaries.ts'
import { registerCalendar } from './calendar.ts'
import { registerDeliveries } from './deliveries.ts'
import { registerDocuments } from './documents.ts'
import { registerErrors } from './errors.ts'
import { registerGuard } from './guard.ts'
import { registerLogin } from './login.ts'
import { registerOverview } from './overview.ts'
import type { PageParts } from './parts.ts'
import { registerPreview } from './preview.ts'
import { createPages } from './render.ts'
import { registerRun } from './run.ts'
import { registerRuns } from './runs.ts'
import { registerSchedules } from './schedules.ts'
import { registerStart } from './start.ts'
import { registerStatement } from './statement.ts'
import { registerSuppressions } from './suppressions.ts'
import { registerUnknown } from './unknown.ts'

/** The page at `/admin/` (ARCHITECTURE 6): server-rendered, over the same functions as the command line and the API. */
export async function registerPage(app: FastifyInstance, parts: PageParts): Promise<void> {
  const sessions = await registerSession(app, sessionPartsOf(parts))
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true }
  })
  const pages = createPages(await registerAssets(app), parts.connections.clock)
  const surroundings = { ...parts, pages }
  registerGuard(app, pages)
  registerErrors(app, surroundings)
  await registerUnknown(app, surroundings)
  registerLogin(app, surroundings, sessions)
  for (const register of ROUTES) register(app, surroundings)
}

const ROUTES = [
  registerOverview,
  registerRuns,
  registerStart,
  registerPreview,
  registerRun,
  registerStatement,
  registerDocuments,
  registerDeliveries,
  registerSchedules,
  registerCalendar,
  registerBoundaries,
  registerSuppressions,
  registerActivity,
]
