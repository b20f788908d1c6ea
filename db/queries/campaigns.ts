import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { type CommissionTotal, commissionTotals } from './commissions.ts'
import {
  column,
  inPeriod,
  isConversion,
  isTrial,
  ofAccount,
  type PartnerIds,
  type Span,
  type Sql,
} from './definitions.ts'

/** What a campaign brought in a period; earnings in minor units of the account's currency. */
export interface CampaignActivity {
  readonly partnerId: string
  readonly campaignId: number
  readonly name: string
  readonly product: string
  readonly clicks: number
  readonly trials: number
  readonly conversions: number
  readonly earnings: bigint
}

interface ActivityOptions {
  readonly partners?: PartnerIds
  /** Keep so many of each partner. */
  readonly best?: number
  /** The period's commission by campaign, where it has been read already: nothing is read twice. */
  readonly totals?: readonly CommissionTotal[]
}

/**
 * Campaigns with anything in the period, per partner by earnings, then name. Facts that name another partner's campaign
 * are nobody's.
 */
export async function campaignActivity(
  db: Snapshot,
  account: Account,
  period: Span,
  { partners, best, totals }: ActivityOptions = {},
): Promise<CampaignActivity[]> {
  const earnings = totals ?? (await commissionTotals(db, account, period, { partners, byCampaign: true }))
  const { rows } = await sql<ActivityRow>`
    with activity (partner_id, campaign_id, clicks, trials, conversions, earnings) as (
      select k.partner_id, k.campaign_id, sum(k.clicks), 0::numeric, 0::numeric, 0::numeric from clicks k
      where ${ofAccount(account.accountId, partners, 'k')} and ${inPeriod(column('k', 'occurred_at'), period)}
      group by 1, 2
      union all
      select l.partner_id, l.campaign_id, 0, count(*) filter (where ${isTrial(period)}),
        count(*) filter (where ${isConversion(period)}), 0 from licenses l
      where ${ofAccount(account.accountId, partners, 'l')} and l.campaign_id is not null
        and (${isTrial(period)} or ${isConversion(period)})
      group by 1, 2
      union all
      select e.partner_id, e.campaign_id, 0, 0, 0, e.amount from ${earned(earnings)}
    ), totals as (
      select partner_id, campaign_id, sum(clicks) as clicks, sum(trials) as trials, sum(conversions) as conversions,
        sum(earnings) as earnings
      from activity group by 1, 2
    ), ranked as (
      select t.*, g.name, g.product, row_number() over (
        partition by t.partner_id order by t.earnings desc, g.name collate "C", t.campaign_id) as place
      from totals t join campaigns g
        on g.account_id = ${account.accountId} and g.campaign_id = t.campaign_id and g.partner_id = t.partner_id
      where t.clicks <> 0 or t.trials <> 0 or t.conversions <> 0 or t.earnings <> 0
    )
    select * from ranked where ${best === undefined ? sql`true` : sql`place <= ${best}`}
    order by partner_id collate "C", place`.execute(db)
  return rows.map(activityOf)
}

/** Earnings by campaign as rows (partner_id, campaign_id, amount). */
function earned(totals: readonly CommissionTotal[]): Sql {
  const some = totals.filter(({ campaignId, commission }) => campaignId !== null && commission !== 0n)
  const partners = some.map(({ partnerId }) => partnerId)
  const campaigns = some.map(({ campaignId }) => campaignId)
  const amounts = some.map(({ commission }) => String(commission))
  return sql`unnest(${partners}::text[], ${campaigns}::bigint[], ${amounts}::numeric[]) as e (partner_id, campaign_id, amount)`
}

interface ActivityRow {
  partner_id: string
  campaign_id: string
  name: string
  product: string
  clicks: string
  trials: string
  conversions: string
  earnings: string
}

const activityOf = (row: ActivityRow): CampaignActivity => ({
  partnerId: row.partner_id,
  campaignId: Number(row.campaign_id),
  name: row.name,
  product: row.product,
  clicks: Number(row.clicks),
  trials: Number(row.trials),
  conversions: Number(row.conversions),
  earnings: BigInt(row.earnings),
})
