import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { divideRounded, percent } from '../values/money.ts'
import { column, inPeriod, ofAccount, type Span, type Sql } from './definitions.ts'
import { localDate } from './local-day.ts'
import { inAccountCurrency } from './money.ts'
import { isFiltered, type PartnerFilter, partnerCondition } from './partner-filter.ts'

interface LeaderboardOptions extends PartnerFilter {
  /** Count only leads of this direction. */
  readonly leadDirection?: 'received' | 'sent'
  readonly limit?: number
}

/** Money in minor units of the account's currency. */
export interface LeaderboardSums {
  readonly revenue: bigint
  readonly openPipeline: bigint
  readonly wonDeals: number
  readonly lostDeals: number
  readonly totalDeals: number
  readonly totalLeads: number
  readonly convertedLeads: number
}

export interface LeaderboardRow extends LeaderboardSums {
  readonly partnerId: string
  readonly uuid: string
  readonly name: string
}

/**
 * Partners by revenue, then name (docs/definitions.md, Leaderboard); without a filter every partner of the account.
 * Won deals go through the rate of their closing day. Open ones have none: they are worth what the latest rate up to the
 * period's last day makes of them. MissingRates names currencies and days.
 */
export async function leaderboard(
  db: Snapshot,
  account: Account,
  period: Span,
  options: LeaderboardOptions = {},
): Promise<LeaderboardRow[]> {
  const chosen = await partnerCondition(db, account, options)
  const among: Among = (alias) => {
    const partner = column(alias, 'partner_id')
    const some = isFiltered(options)
      ? sql`${partner} in (select p.partner_id from partners p where ${chosen})`
      : sql`${partner} is not null`
    return sql`${ofAccount(account.accountId, undefined, alias)} and ${some}`
  }
  const { limit } = options
  const shown: Among = limit === undefined ? among : (alias) => sql`${among(alias)} and ${isTop(alias)}`
  const result = await sql<Row>`
    with closed as (${await closedDeals(db, account, period, among)}),
      top as materialized (${top(chosen, limit)}),
      open as (${await openDeals(db, account, period, among, shown)}),
      made as (select d.partner_id, count(*) as deals from deals d
        where ${shown('d')} and ${inPeriod(sql`d.created_at`, period)} group by 1),
      asked as (${leads(period, options.leadDirection, shown)})
    select p.partner_id, p.uuid, p.name, coalesce(closed.revenue, 0)::text as revenue,
      coalesce(open.pipeline, 0)::text as pipeline, coalesce(won, 0)::int as won, coalesce(lost, 0)::int as lost,
      coalesce(deals, 0)::int as deals, coalesce(leads, 0)::int as leads, coalesce(converted, 0)::int as converted
    from partners p left join closed using (partner_id) left join open using (partner_id)
      left join made using (partner_id) left join asked using (partner_id)
    where ${chosen} ${limit === undefined ? sql`` : sql`and ${isTop('p')}`} ${ranked}`.execute(db)
  return result.rows.map(rowOf)
}

/** The average and the rates that follow from sums, of one partner or of all: null over nothing. */
export function leaderboardRates(sums: LeaderboardSums) {
  return {
    avgDealValue: sums.wonDeals === 0 ? null : divideRounded(sums.revenue, BigInt(sums.wonDeals)),
    conversionRate: percent(BigInt(sums.convertedLeads), BigInt(sums.totalLeads)),
    winRate: percent(BigInt(sums.wonDeals), BigInt(sums.wonDeals + sums.lostDeals)),
  }
}

type Among = (alias: string) => Sql

const ranked = sql`order by coalesce(closed.revenue, 0) desc, p.name collate "C", p.partner_id collate "C"`

/** The partners that a limit leaves; without one nobody asks, and nothing is looked up. */
const top = (chosen: Sql, limit = 0): Sql =>
  sql`select p.partner_id from partners p left join closed using (partner_id) where ${chosen} ${ranked} limit ${limit}`

/** Of the partners that are shown: under a limit, what the others have need not be read at all. */
const isTop: Among = (alias) => sql`${column(alias, 'partner_id')} in (select partner_id from top)`

async function closedDeals(db: Snapshot, account: Account, period: Span, among: Among): Promise<Sql> {
  const closed = sql`${among('d')} and d.status <> 'open' and ${inPeriod(sql`d.closed_at`, period)}`
  const { amount, join } = await inAccountCurrency(db, account, 'deals', 'd', {
    where: sql`${closed} and d.status = 'won'`,
  })
  return sql`select d.partner_id, count(*) filter (where d.status = 'won') as won,
      count(*) filter (where d.status = 'lost') as lost, sum(${amount}) filter (where d.status = 'won') as revenue
    from deals d ${join} where ${closed} group by 1`
}

async function openDeals(db: Snapshot, account: Account, period: Span, among: Among, shown: Among): Promise<Sql> {
  const open = sql`${among('d')} and d.created_at < ${period.to} and (d.status = 'open' or d.closed_at >= ${period.to})`
  const until = localDate(account, new Date(period.to.getTime() - 1))
  const { amount, join } = await inAccountCurrency(db, account, 'deals', 'd', { where: open, until })
  return sql`select d.partner_id, sum(${amount}) as pipeline from deals d ${join}
    where ${open} and ${shown('d')} group by 1`
}

function leads(period: Span, direction: 'received' | 'sent' | undefined, shown: Among): Sql {
  return sql`select l.partner_id, count(*) as leads, count(*) filter (where l.status = 'converted') as converted
    from leads l where ${shown('l')} and ${inPeriod(sql`l.created_at`, period)}
      ${direction === undefined ? sql`` : sql`and l.direction = ${direction}`} group by 1`
}

interface Row {
  partner_id: string
  uuid: string
  name: string
  revenue: string
  pipeline: string
  won: number
  lost: number
  deals: number
  leads: number
  converted: number
}

const rowOf = (row: Row): LeaderboardRow => ({
  partnerId: row.partner_id,
  uuid: row.uuid,
  name: row.name,
  revenue: BigInt(row.revenue),
  openPipeline: BigInt(row.pipeline),
  wonDeals: row.won,
  lostDeals: row.lost,
  totalDeals: row.deals,
  totalLeads: row.leads,
  convertedLeads: row.converted,
})
