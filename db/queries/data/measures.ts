import { sql } from 'kysely'
import type { CampaignActivity } from '../campaigns.ts'
import { clicksBetween } from '../clicks.ts'
import { type CommissionTotal, commissionTotals, entriesOf } from '../commissions.ts'
import {
  column,
  inPeriod,
  isCommission,
  isConversion,
  isReferral,
  isTrial,
  licenseStatus,
  ofAccount,
  type Span,
  type Sql,
} from '../definitions.ts'
import { licenseCounts } from '../licenses.ts'
import { inAccountCurrency } from '../money.ts'
import type { PartnerScope } from './scope.ts'

/** Which of a measure's rows count; what is left out counts all. */
export interface MeasureFilter {
  readonly product?: string | undefined
  readonly program?: string | undefined
  readonly campaignId?: string | undefined
  readonly billingCycle?: string | undefined
  readonly status?: string | undefined
}

/**
 * A figure that adds up over time: clicks, trials, commission. One entry of MEASURES serves the number over a range, the
 * buckets and the ranking. Money in minor units of the account's currency.
 */
export interface Measure {
  readonly money: boolean
  /** Rows of `at` and `value`, one per fact in the span. */
  readonly flow: (scope: PartnerScope, span: Span, filter: MeasureFilter) => Promise<Sql>
  /** The same figure as a statement shows it, where one does; else the flow is added up. */
  readonly total?: (scope: PartnerScope, span: Span, filter: MeasureFilter) => Promise<bigint>
  readonly ofCampaign?: (activity: CampaignActivity) => bigint
}

export const MEASURES = {
  clicks: {
    money: false,
    flow: async (scope, span, { product }) => {
      const ofProduct =
        product === undefined
          ? sql``
          : sql`and k.campaign_id in (select g.campaign_id from campaigns g
              where ${mine(scope, 'g')} and g.product = ${product})`
      return sql`select k.occurred_at as at, k.clicks as value from clicks k
        where ${mine(scope, 'k')} and ${inPeriod(column('k', 'occurred_at'), span)} ${ofProduct}`
    },
    total: async ({ db, account, partnerId }, span, { product }) => {
      if (product !== undefined) throw new RangeError('clicks are totalled over all products')
      return BigInt((await clicksBetween(db, account, span, { partners: [partnerId] })).get(partnerId) ?? 0)
    },
    ofCampaign: ({ clicks }) => BigInt(clicks),
  },
  trials: {
    money: false,
    flow: async (scope, span, filter) => licenseFlow(scope, 'created_at', isTrial(span), filter),
    total: async (scope, span) => BigInt((await countLicenses(scope, span))?.trials ?? 0),
    ofCampaign: ({ trials }) => BigInt(trials),
  },
  conversions: {
    money: false,
    flow: async (scope, span, filter) => licenseFlow(scope, 'converted_at', isConversion(span), filter),
    total: async (scope, span) => BigInt((await countLicenses(scope, span))?.conversions ?? 0),
    ofCampaign: ({ conversions }) => BigInt(conversions),
  },
  /** Earnings of the affiliate program. */
  earnings: {
    money: true,
    flow: (scope, span, filter) => commissionFlow(scope, span, { ...filter, program: 'affiliate' }, isCommission()),
    total: (scope, span, filter) =>
      addTotals(scope, span, { ...filter, program: 'affiliate' }, (row) => row.commission),
    ofCampaign: ({ earnings }) => earnings,
  },
  commission: {
    money: true,
    flow: (scope, span, filter) => commissionFlow(scope, span, filter, isCommission()),
    total: (scope, span, filter) => addTotals(scope, span, filter, (row) => row.commission),
  },
  /** Commission from referred partners. */
  referral: {
    money: true,
    flow: (scope, span, filter) => commissionFlow(scope, span, filter, isReferral()),
    total: (scope, span, filter) => addTotals(scope, span, filter, (row) => row.referral),
  },
  /** Earnings of a campaign, by the billing cycle of the commission's licence; a commission without licence has none. */
  campaignEarnings: {
    money: true,
    flow: (scope, span, { billingCycle, ...filter }) => {
      const cycle = sql`exists (select from entry_licenses l where l.account_id = c.account_id and l.license_id = c.license_id
        and l.billing_cycle = ${billingCycle})`
      return commissionFlow(scope, span, filter, sql`${isCommission()} and ${cycle}`)
    },
  },
  /** Licences of the solution program by the day they were created and their status of now. */
  solutionLicenses: {
    money: false,
    flow: async (scope, span, { status }) => {
      const created = sql`l.program = 'solution' and ${inPeriod(column('l', 'created_at'), span)}`
      const is = status === undefined ? created : sql`${created} and ${licenseStatus(scope.now)} = ${status}`
      return licenseFlow(scope, 'created_at', is, {})
    },
  },
} as const satisfies Record<string, Measure>

export type MeasureName = keyof typeof MEASURES

const mine = ({ account, partnerId }: PartnerScope, alias: string): Sql =>
  ofAccount(account.accountId, [partnerId], alias)

function licenseFlow(scope: PartnerScope, at: string, is: Sql, { product }: MeasureFilter): Sql {
  const ofProduct = product === undefined ? sql`` : sql`and l.product = ${product}`
  return sql`select ${column('l', at)} as at, 1 as value from licenses l where ${mine(scope, 'l')} and ${is} ${ofProduct}`
}

async function countLicenses({ db, account, partnerId }: PartnerScope, span: Span) {
  const counts = await licenseCounts(db, account, span, { partners: [partnerId], program: 'affiliate' })
  return counts.get(partnerId)
}

async function commissionFlow(scope: PartnerScope, span: Span, filter: MeasureFilter, is: Sql): Promise<Sql> {
  const entries = entriesOf(scope.account, { partners: [scope.partnerId], ...given(filter) })
  const where = sql`${entries} and ${inPeriod(column('c', 'earned_at'), span)} and ${is}`
  const { amount, join } = await inAccountCurrency(scope.db, scope.account, 'commissions', 'c', { where })
  return sql`select c.earned_at as at, ${amount} as value from commissions c ${join} where ${where}`
}

async function addTotals(
  { db, account, partnerId }: PartnerScope,
  span: Span,
  filter: MeasureFilter,
  of: (row: CommissionTotal) => bigint,
): Promise<bigint> {
  const rows = await commissionTotals(db, account, span, { partners: [partnerId], ...given(filter) })
  return rows.reduce((sum, row) => sum + of(row), 0n)
}

/** The filter as the commission queries take it: nothing where nothing was asked. */
function given({ product, program, campaignId }: MeasureFilter) {
  return {
    ...(product === undefined ? {} : { product }),
    ...(program === undefined ? {} : { program }),
    ...(campaignId === undefined ? {} : { campaignId }),
  }
}
