import { sql } from 'kysely'
import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import { ofAccount, type Span, type Sql } from './definitions.ts'
import { inAccountCurrency } from './money.ts'

/** Half-open like every period, but either end may be left open: without both, all time. */
export interface Window {
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export interface PipelineOptions {
  readonly funnelId: number
  readonly agentId?: number
  /** `activity` (default): won and lost by closing day. `cohort`: won and lost among the deals created in the window. */
  readonly basis?: 'activity' | 'cohort'
  /** Neighbouring stretches in order, each to be counted by itself. */
  readonly buckets?: readonly Span[]
}

/** Money in minor units of the account's currency. */
export interface DealCounts {
  readonly created: number
  readonly won: number
  readonly lost: number
  readonly valueCreated: bigint
  readonly valueWon: bigint
}

export interface Pipeline {
  readonly totals: DealCounts
  /** With activity in the window: most won first, then name; deals of no agent last, with `agent` null. Adds up to the totals. */
  readonly agents: readonly (DealCounts & { readonly agent: Agent | null })[]
  /** Every stage of the funnel in its order, by the stage the deals are in now. Adds up to the totals. */
  readonly stages: readonly (DealCounts & { readonly stageId: number; readonly name: string })[]
  /** One for each of `buckets`, empty ones too. */
  readonly buckets: readonly DealCounts[]
}

export interface Agent {
  readonly id: number
  readonly name: string
  readonly email: string | null
  readonly avatarUrl: string | null
}

/**
 * The deals of one funnel (SPEC 5, pipeline). A created deal is worth what the rate of its creation day makes of it, a won
 * one that of its closing day; MissingRate names currency and day.
 */
export async function pipelineAnalytics(
  db: Snapshot,
  account: Account,
  window: Window,
  options: PipelineOptions,
): Promise<Pipeline> {
  const rows = await countFlows(db, await dealFlows(db, account, window, options), options.buckets ?? [])
  const total = rows.find((row) => row.kind === ALL)
  return {
    totals: total ? countsOf(total) : none,
    agents: await agentsOf(db, account, rows),
    stages: await stagesOf(db, account, options.funnelId, rows),
    buckets: bucketsOf(options.buckets ?? [], rows),
  }
}

/** Deals as they flow in and out, one row each: agent, stage, instant, and what they add to the counts. */
async function dealFlows(db: Snapshot, account: Account, window: Window, options: PipelineOptions): Promise<Sql> {
  const funnel = sql`${ofAccount(account.accountId, undefined, 'd')} and d.funnel_id = ${options.funnelId}
    ${options.agentId === undefined ? sql`` : sql`and d.agent_id = ${options.agentId}`}`
  const created = sql`${funnel} and ${within(sql`d.created_at`, window)}`
  const counted = options.basis === 'cohort' ? sql`d.created_at` : sql`d.closed_at`
  const closed = sql`${funnel} and d.status <> 'open' and ${within(counted, window)}`
  const made = await inAccountCurrency(db, account, 'deals', 'd', { where: created, at: sql`d.created_at` })
  const won = await inAccountCurrency(db, account, 'deals', 'd', { where: sql`${closed} and d.status = 'won'` })
  return sql`select d.agent_id, d.stage_id, d.created_at as at, 1 as created, 0 as won, 0 as lost,
      ${made.amount} as value_created, 0 as value_won from deals d ${made.join} where ${created}
    union all select d.agent_id, d.stage_id, ${counted}, 0, (d.status = 'won')::int, (d.status = 'lost')::int,
      0, case when d.status = 'won' then ${won.amount} else 0 end from deals d ${won.join} where ${closed}`
}

function within(instant: Sql, { from, to }: Window): Sql {
  const ends = [from && sql`${instant} >= ${from}`, to && sql`${instant} < ${to}`].filter((end) => end !== undefined)
  return ends.length === 0 ? sql`true` : sql.join(ends, sql` and `)
}

/** What grouping() says of the columns (agent_id, stage_id, bucket): a bit is set for those not grouped by. */
const [ALL, AGENT, STAGE, BUCKET] = [7, 3, 5, 6]

interface Row {
  kind: number
  agent_id: string | null
  stage_id: string | null
  bucket: number | null
  created: number
  won: number
  lost: number
  value_created: string
  value_won: string
}

async function countFlows(db: Snapshot, flows: Sql, buckets: readonly Span[]): Promise<Row[]> {
  const bounds = buckets.map((bucket) => bucket.from.toISOString())
  const result = await sql<Row>`with flows as (
      select *, width_bucket(at, ${bounds}::timestamptz[]) as bucket from (${flows}) as flow)
    select grouping(agent_id, stage_id, bucket) as kind, agent_id, stage_id, bucket,
      sum(created)::int as created, sum(won)::int as won, sum(lost)::int as lost,
      sum(value_created)::text as value_created, sum(value_won)::text as value_won
    from flows group by grouping sets ((), (agent_id), (stage_id), (bucket))`.execute(db)
  return result.rows.filter((row) => row.created !== null)
}

const none: DealCounts = { created: 0, won: 0, lost: 0, valueCreated: 0n, valueWon: 0n }

const countsOf = (row: Row): DealCounts => ({
  created: row.created,
  won: row.won,
  lost: row.lost,
  valueCreated: BigInt(row.value_created),
  valueWon: BigInt(row.value_won),
})

async function agentsOf(db: Snapshot, account: Account, rows: readonly Row[]): Promise<Pipeline['agents']> {
  const found = rows.filter((row) => row.kind === AGENT)
  const agents = new Map(
    (
      await listAgents(
        db,
        account,
        found.map((row) => row.agent_id),
      )
    ).map((agent) => [agent.id, agent]),
  )
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
  rows: readonly Row[],
): Promise<Pipeline['stages']> {
  const counts = new Map(rows.filter((row) => row.kind === STAGE).map((row) => [row.stage_id, countsOf(row)]))
  const stages = await db
    .selectFrom('stages')
    .select(['stage_id', 'name'])
    .where('account_id', '=', account.accountId)
    .where('funnel_id', '=', String(funnelId))
    .orderBy('position')
    .orderBy('stage_id')
    .execute()
  return stages.map(({ stage_id, name }) => ({ stageId: Number(stage_id), name, ...(counts.get(stage_id) ?? none) }))
}

function bucketsOf(buckets: readonly Span[], rows: readonly Row[]): DealCounts[] {
  const counts = new Map(rows.filter((row) => row.kind === BUCKET).map((row) => [row.bucket, countsOf(row)]))
  return buckets.map((_, index) => counts.get(index + 1) ?? none)
}
