import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import type { Span } from './definitions.ts'
import {
  BY,
  countDeals,
  countsOf,
  type DealCounts,
  type FlowRow,
  noDeals,
  type PipelineOptions,
  type Window,
} from './pipeline-deals.ts'

export type { DealCounts, Window } from './pipeline-deals.ts'

export interface Pipeline {
  readonly totals: DealCounts
  /** With activity in the window: most won first, then name; deals of no agent last, with `agent` null. Adds up to the totals. */
  readonly agents: readonly (DealCounts & { readonly agent: Agent | null })[]
  /** Every stage of the funnel in its order, by the stage the deals are in now. Adds up to the totals. */
  readonly stages: readonly (DealCounts & { readonly stageId: number; readonly name: string })[]
  /** One for each of `buckets`, empty ones too. */
  readonly buckets: readonly DealCounts[]
}

interface Agent {
  readonly id: number
  readonly name: string
  readonly email: string | null
  readonly avatarUrl: string | null
}

/** The deals of one funnel (docs/definitions.md, Pipeline); MissingRates names currencies and days. */
export async function pipelineAnalytics(
  db: Snapshot,
  account: Account,
  window: Window,
  options: PipelineOptions,
): Promise<Pipeline> {
  const rows = await countDeals(db, account, window, options)
  const total = rows.find((row) => row.kind === BY.all)
  return {
    totals: total ? countsOf(total) : noDeals,
    agents: await agentsOf(db, account, rows),
    stages: await stagesOf(db, account, options.funnelId, rows),
    buckets: bucketsOf(options.buckets ?? [], rows),
  }
}

async function agentsOf(db: Snapshot, account: Account, rows: readonly FlowRow[]): Promise<Pipeline['agents']> {
  const found = rows.filter((row) => row.kind === BY.agent)
  const known = await listAgents(
    db,
    account,
    found.map((row) => row.agent_id),
  )
  const agents = new Map(known.map((agent) => [agent.id, agent]))
  return found
    .map((row) => ({ agent: (row.agent_id !== null && agents.get(Number(row.agent_id))) || null, ...countsOf(row) }))
    .sort(byRank)
}

async function listAgents(db: Snapshot, account: Account, ids: readonly (string | null)[]): Promise<Agent[]> {
  const known = ids.filter((id) => id !== null)
  if (known.length === 0) return []
  const rows = await db
    .selectFrom('agents')
    .selectAll()
    .where('account_id', '=', account.accountId)
    .where('agent_id', 'in', known)
    .execute()
  return rows.map((row) => ({ id: Number(row.agent_id), name: row.name, email: row.email, avatarUrl: row.avatar_url }))
}

type Ranked = DealCounts & { readonly agent: Agent | null }

function byRank(one: Ranked, other: Ranked): number {
  if (!one.agent || !other.agent) return Number(one.agent === null) - Number(other.agent === null)
  if (one.valueWon !== other.valueWon) return one.valueWon > other.valueWon ? -1 : 1
  if (one.agent.name !== other.agent.name) return one.agent.name < other.agent.name ? -1 : 1
  return one.agent.id - other.agent.id
}

async function stagesOf(
  db: Snapshot,
  account: Account,
  funnelId: number,
  rows: readonly FlowRow[],
): Promise<Pipeline['stages']> {
  const counts = new Map(rows.filter((row) => row.kind === BY.stage).map((row) => [row.stage_id, countsOf(row)]))
  const stages = await db
    .selectFrom('stages')
    .select(['stage_id', 'name'])
    .where('account_id', '=', account.accountId)
    .where('funnel_id', '=', String(funnelId))
    .orderBy('position')
    .orderBy('stage_id')
    .execute()
  return stages.map(({ stage_id, name }) => ({ stageId: Number(stage_id), name, ...(counts.get(stage_id) ?? noDeals) }))
}

function bucketsOf(buckets: readonly Span[], rows: readonly FlowRow[]): DealCounts[] {
  const counts = new Map(rows.filter((row) => row.kind === BY.bucket).map((row) => [row.bucket, countsOf(row)]))
  return buckets.map((_, index) => counts.get(index + 1) ?? noDeals)
}
