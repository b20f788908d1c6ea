import { sql } from 'kysely'
import { type CampaignActivity, campaignActivity } from '../campaigns.ts'
import { column, inPeriod, isReferral, ofAccount, type Span, type Sql } from '../definitions.ts'
import type { PartnerScope } from './scope.ts'

export interface CampaignRow {
  readonly campaign_id: string
  readonly product: string
  readonly name: string
  readonly slug: string | null
  readonly link: string | null
  readonly region: string | null
  readonly trial_duration: number | null
  readonly active: boolean
  readonly is_default: boolean
  readonly created_at: Date
  readonly coupon: string | null
}

/** The query of a partner's campaigns in one state, newest first. */
export const campaignsQuery = (scope: PartnerScope, active: boolean): Sql =>
  sql`${campaignRows} where ${mine(scope)} and g.active = ${active} order by g.created_at desc, g.campaign_id desc`

interface CampaignSearch {
  readonly active: boolean
  readonly product?: string | undefined
  /** All of these must hold; whatever the case of the letters. */
  readonly matches: readonly {
    readonly column: 'name' | 'product'
    readonly how: 'equals' | 'contains'
    readonly text: string
  }[]
  readonly ascending: boolean
  readonly limit: number
  readonly offset: number
}

/** One page of a search by creation, and how many campaigns there are in all. */
export async function searchCampaigns(
  scope: PartnerScope,
  search: CampaignSearch,
): Promise<{ rows: CampaignRow[]; total: number }> {
  const conditions = [mine(scope), sql`g.active = ${search.active}`, ...search.matches.map(matches)]
  if (search.product !== undefined) conditions.push(sql`g.product = ${search.product}`)
  const where = sql.join(conditions, sql` and `)
  const order = search.ascending ? sql`g.created_at, g.campaign_id` : sql`g.created_at desc, g.campaign_id desc`
  const { rows } = await sql<CampaignRow>`${campaignRows} where ${where}
    order by ${order} limit ${search.limit} offset ${search.offset}`.execute(scope.db)
  const count = await sql<{ total: number }>`select count(*)::int as total from campaigns g where ${where}`.execute(
    scope.db,
  )
  return { rows, total: count.rows[0]?.total ?? 0 }
}

function matches({ column: name, how, text }: CampaignSearch['matches'][number]): Sql {
  const value = sql`lower(${column('g', name)})`
  return how === 'equals' ? sql`${value} = lower(${text})` : sql`strpos(${value}, lower(${text})) > 0`
}

/** The link of each product's default campaign that is in use. */
export async function listDefaultLinks(scope: PartnerScope): Promise<{ product: string; link: string | null }[]> {
  const { rows } = await sql<{ product: string; link: string | null }>`
    select distinct on (g.product) g.product, g.link from campaigns g
    where ${mine(scope)} and g.active and g.is_default
    order by g.product, g.created_at desc, g.campaign_id desc`.execute(scope.db)
  return rows
}

export async function findCampaign(scope: PartnerScope, campaignId: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<CampaignRow>`${campaignRows}
    where ${mine(scope)} and g.campaign_id = ${campaignId}::bigint`.execute(scope.db)
  return rows[0]
}

/** What the partner's campaigns did in the span, as the monthly summary has it: only those with anything. */
export const activityOfPartner = ({ db, account, partnerId }: PartnerScope, span: Span): Promise<CampaignActivity[]> =>
  campaignActivity(db, account, span, { partners: [partnerId] })

export interface CampaignPerformance {
  readonly campaign: CampaignRow
  readonly activity: CampaignActivity | undefined
  /** Trials that qualified in the span. */
  readonly qualified: number
  /** Partners whose commission in the span names the campaign. */
  readonly partnersReferred: number
}

/** Every campaign of the partner and what it did in the span, best first. */
export async function listPerformance(scope: PartnerScope, span: Span): Promise<CampaignPerformance[]> {
  const { rows } = await sql<CampaignRow & { qualified: number; referred: number }>`
    select r.*, coalesce(q.count, 0)::int as qualified, coalesce(p.count, 0)::int as referred
    from (${campaignRows} where ${mine(scope)}) r
    left join (${qualified(scope, span)}) q using (campaign_id)
    left join (${referred(scope, span)}) p using (campaign_id)
    order by r.created_at, r.campaign_id`.execute(scope.db)
  const activity = new Map((await activityOfPartner(scope, span)).map((one) => [String(one.campaignId), one]))
  const earned = (id: string) => activity.get(id)?.earnings ?? 0n
  return rows
    .map(({ qualified, referred, ...campaign }) => ({
      campaign,
      activity: activity.get(campaign.campaign_id),
      qualified,
      partnersReferred: referred,
    }))
    .sort((a, b) => Number(earned(b.campaign.campaign_id) - earned(a.campaign.campaign_id)))
}

const qualified = ({ account, partnerId }: PartnerScope, span: Span): Sql => sql`
  select l.campaign_id, count(*) from licenses l
  where ${ofAccount(account.accountId, [partnerId], 'l')} and l.program = 'affiliate'
    and ${inPeriod(column('l', 'qualified_at'), span)} group by 1`

const referred = ({ account, partnerId }: PartnerScope, span: Span): Sql => sql`
  select c.campaign_id, count(distinct c.referred_partner_id) from commissions c
  where ${ofAccount(account.accountId, [partnerId], 'c')} and ${isReferral()}
    and ${inPeriod(column('c', 'earned_at'), span)} group by 1`

const mine = ({ account, partnerId }: PartnerScope): Sql => ofAccount(account.accountId, [partnerId], 'g')

const campaignRows = sql`select g.campaign_id, g.product, g.name, g.slug, g.link, g.region, g.trial_duration, g.active,
    g.is_default, g.created_at, o.label as coupon
  from campaigns g
  left join coupons o on o.account_id = g.account_id and o.coupon_id = g.coupon_id and o.partner_id = g.partner_id`
