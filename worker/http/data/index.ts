import type { FastifyInstance } from 'fastify'
import { sharedTurns } from '../../flow/turns.ts'
import type { HttpParts } from '../shared/parts.ts'
import type { Endpoint } from './endpoint.ts'
import { journeybee } from './journeybee.ts'
import { registerEndpoint } from './register.ts'
import { affiliate } from './text/affiliate.ts'
import { bestCampaigns } from './text/best-campaigns.ts'
import { campaigns } from './text/campaigns.ts'
import { csv } from './text/csv.ts'
import { expert } from './text/expert.ts'
import { invoice } from './text/invoice.ts'
import { leads } from './text/leads.ts'
import { moneyEndpoints } from './text/money.ts'
import { oneCampaign } from './text/one-campaign.ts'
import { oneLicense } from './text/one-license.ts'
import { profile } from './text/profile.ts'
import { solution } from './text/solution.ts'
import { stats } from './text/stats.ts'
import { tokens } from './text/tokens.ts'
import { withdrawals } from './text/withdrawals.ts'
import { usage } from './usage.ts'
import { voxys } from './voxys.ts'

/** THE table of the report-data endpoints (docs/data-api.md, Choices): what stands here is served, walled and documented. */
export const endpoints: readonly Endpoint[] = [
  ...journeybee,
  ...usage,
  ...voxys,
  ...profile,
  stats,
  ...moneyEndpoints,
  ...withdrawals,
  ...tokens,
  ...campaigns,
  ...bestCampaigns,
  ...oneCampaign,
  ...affiliate,
  csv,
  invoice,
  ...solution,
  ...oneLicense,
  ...leads,
  ...expert,
]

/** Registers the table, and the status of the partner program, which anyone may ask. */
export function registerData(app: FastifyInstance, parts: HttpParts): void {
  // What is long holds a connection for as long as its reader reads: half of them stay for everything else. And no key has
  // more than a third of either half, so that one that asks for everything at once keeps itself waiting, and nobody else.
  const half = Math.max(1, Math.floor((parts.pool.options.max ?? 10) / 2))
  const each = Math.max(1, Math.round(half / 3))
  const [long, short] = [sharedTurns(half, each), sharedTurns(Number.POSITIVE_INFINITY, each * 2)]
  for (const endpoint of endpoints) registerEndpoint(app, parts, endpoint, endpoint.long ? long : short)
  const schema = { operationId: 'text-status', summary: 'Health check.', tags: ['text'] }
  app.get('/v2/partners/status', { schema }, async () => ({ status: 'ok' }))
}
