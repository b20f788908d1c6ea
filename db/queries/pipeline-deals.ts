import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
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

/**
 * Counts a funnel's deals in every way at once. A deal is worth what the rate of its closing day makes of it, created or
 * won; one that is open has none and goes by its creation day. MissingRates names currencies and days.
 */
export async function countDeals(
  db: Snapshot,
  account: Account,
  window: Window,
  options: PipelineOptions,
): Promise<FlowRow[]> {
  const flows = await dealFlows(db, account, window, options)
  const bounds = (options.buckets ?? []).map((bucket) => bucket.from.toISOString())
  const result = await sql<FlowRow>`with flows as (
      select *, width_bucket(at, ${bounds}::timestamptz[]) as bucket from (${flows}) as flow)
    select grouping(agent_id, stage_id, bucket) as kind, agent_id, stage_id, bucket,
      sum(created)::int as created, sum(won)::int as won, sum(lost)::int as lost,
      sum(value_created)::text as value_created, sum(value_won)::text as value_won
    from flows group by grouping sets ((), (agent_id), (stage_id), (bucket))`.execute(db)
  return result.rows.filter((row) => row.created !== null)
}

/** What grouping() says of the columns (agent_id, stage_id, bucket): a bit is set for those not grouped by. */
export const BY = { all: 7, agent: 3, stage: 5, bucket: 6 }

/** The counts of one group: of everything, of an agent, of a stage or of a bucket. */
export interface FlowRow {
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

export const noDeals: DealCounts = { created: 0, won: 0, lost: 0, valueCreated: 0n, valueWon: 0n }

export const countsOf = (row: FlowRow): DealCounts => ({
  created: row.created,
  won: row.won,
  lost: row.lost,
  valueCreated: BigInt(row.value_created),
  valueWon: BigInt(row.value_won),
})

/** Deals as they flow in and out, one row each: agent, stage, instant, and what they add to the counts. */
async function dealFlows(db: Snapshot, account: Account, window: Window, options: PipelineOptions): Promise<Sql> {
  const funnel = sql`${ofAccount(account.accountId, undefined, 'd')} and d.funnel_id = ${options.funnelId}
    ${options.agentId === undefined ? sql`` : sql`and d.agent_id = ${options.agentId}`}`
  const created = sql`${funnel} and ${within(sql`d.created_at`, window)}`
  const counted = options.basis === 'cohort' ? sql`d.created_at` : sql`d.closed_at`
  const closed = sql`${funnel} and d.status <> 'open' and ${within(counted, window)}`
  const at = sql`coalesce(d.closed_at, d.created_at)`
  const made = await inAccountCurrency(db, account, 'deals', 'd', { where: created, at })
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
