import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import {
  column,
  inPeriod,
  isCommission,
  isDiscount,
  isReferral,
  ofAccount,
  type PartnerIds,
  type Span,
  type Sql,
} from './definitions.ts'
import { inAccountCurrency } from './money.ts'

/** What of the commissions counts; what is left out counts all. */
export interface CommissionFilter {
  readonly partners?: PartnerIds
  readonly program?: string
  readonly product?: string
  readonly campaignId?: string
}

/** Commission of one program and product (and campaign) of a partner, minor units of the account's currency. */
export interface CommissionTotal {
  readonly partnerId: string
  readonly program: string
  readonly product: string
  /** Null without a campaign, and where totals are not asked for by campaign. */
  readonly campaignId: string | null
  readonly commission: bigint
  /** Entries that are commission, so without discounts. */
  readonly lines: number
  readonly referral: bigint
  readonly discount: bigint
  readonly discounts: number
}

/**
 * Commission of a period per partner, program and product (docs/definitions.md, Figures), with `byCampaign` per campaign too; partners
 * without entries are not in it.
 */
export async function commissionTotals(
  db: Snapshot,
  account: Account,
  period: Span,
  { byCampaign = false, ...filter }: CommissionFilter & { readonly byCampaign?: boolean } = {},
): Promise<CommissionTotal[]> {
  const campaign = byCampaign ? sql`c.campaign_id` : sql`null::bigint`
  const where = sql`${entriesOf(account, filter)} and ${inPeriod(column('c', 'earned_at'), period)}`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where })
  const { rows } = await sql<TotalRow>`
    select c.partner_id, c.program, c.product, ${campaign} as campaign_id,
      coalesce(sum(${amount}) filter (where ${isCommission()}), 0) as commission,
      count(*) filter (where ${isCommission()}) as lines,
      coalesce(sum(${amount}) filter (where ${isReferral()}), 0) as referral,
      coalesce(sum(${amount}) filter (where ${isDiscount()}), 0) as discount,
      count(*) filter (where ${isDiscount()}) as discounts
    from commissions c ${join} where ${where}
    group by 1, 2, 3, 4`.execute(db)
  return rows.map((row) => ({
    partnerId: row.partner_id,
    program: row.program,
    product: row.product,
    campaignId: row.campaign_id,
    commission: BigInt(row.commission),
    lines: Number(row.lines),
    referral: BigInt(row.referral),
    discount: BigInt(row.discount),
    discounts: Number(row.discounts),
  }))
}

interface TotalRow {
  partner_id: string
  program: string
  product: string
  campaign_id: string | null
  commission: string
  lines: string
  referral: string
  discount: string
  discounts: string
}

/** One entry of a partner's commission, minor units of the account's currency. */
export interface CommissionEntry {
  readonly partner_id: string
  readonly commission_id: string
  readonly earned_at: Date
  readonly kind: string
  readonly program: string
  readonly product: string
  readonly license_id: string | null
  readonly campaign_id: string | null
  readonly amount: string
}

/** The entries behind a period's commission, by partner, then by earned_at and commission_id; discounts left out. */
export async function listCommissionEntries(
  db: Snapshot,
  account: Account,
  period: Span,
  filter: CommissionFilter = {},
): Promise<CommissionEntry[]> {
  const where = sql`${entriesOf(account, filter)} and ${inPeriod(column('c', 'earned_at'), period)} and ${isCommission()}`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where })
  const { rows } = await sql<CommissionEntry>`
    select c.partner_id, c.commission_id, c.earned_at, c.kind, c.program, c.product, c.license_id, c.campaign_id,
      ${amount} as amount
    from commissions c ${join} where ${where}
    order by c.partner_id collate "C", c.earned_at, c.commission_id collate "C"`.execute(db)
  return rows
}

/** Which rows of `commissions c` a filter means. */
export function entriesOf(account: Account, { partners, program, product, campaignId }: CommissionFilter): Sql {
  const conditions = [ofAccount(account.accountId, partners, 'c')]
  if (program !== undefined) conditions.push(sql`c.program = ${program}`)
  if (product !== undefined) conditions.push(sql`c.product = ${product}`)
  if (campaignId !== undefined) conditions.push(sql`c.campaign_id = ${campaignId}::bigint`)
  return sql.join(conditions, sql` and `)
}
