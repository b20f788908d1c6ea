import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { expectMonths } from '../connection/detached.ts'
import { type Balance, EMPTY_BALANCE, reckonBalances } from './balance.ts'
import { type CampaignActivity, campaignActivity } from './campaigns.ts'
import { clicksBetween } from './clicks.ts'
import { type CommissionTotal, commissionTotals } from './commissions.ts'
import type { PartnerIds, Span } from './definitions.ts'
import { type LeadCounts, leadCounts, NO_LEADS } from './leads.ts'
import { type LicenseCounts, licenseCounts, NO_LICENSES } from './licenses.ts'
import { NOBODY_REFERRED, type ReferredCounts, referredCounts } from './referred.ts'
import { boundsOf, emptySlices, type Sliced, sliceCommission, sliceWithdrawals, sumBetween } from './slices.ts'

/** The stretches of time that a monthly summary speaks of. */
export interface SummarySpans {
  readonly period: Span
  readonly previous: Span
  /** Of the chart, ascending; a month that outlasts the period counts up to its end. */
  readonly months: readonly Span[]
  readonly asOf: Date
}

/** What one partner's summary says (docs/definitions.md, Figures), minor units of the account's currency. */
export interface PartnerSummary {
  readonly totals: readonly CommissionTotal[]
  readonly previous: bigint
  readonly lifetime: bigint
  readonly byMonth: readonly bigint[]
  readonly opening: bigint
  readonly withdrawn: bigint
  readonly closing: bigint
  readonly balance: Balance
  readonly clicks: number
  readonly bestCampaigns: readonly CampaignActivity[]
  readonly licenses: LicenseCounts
  readonly leads: LeadCounts
  readonly referred: ReferredCounts
}

const BEST_CAMPAIGNS = 5

/**
 * The figures of every partner, or of some, in a handful of passes over the facts; asked for one partner at a time.
 * Throws MissingRates, DetachedMonth.
 */
export async function monthlySummaries(
  db: Snapshot,
  account: Account,
  spans: SummarySpans,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<(partnerId: string) => PartnerSummary> {
  const { period, asOf } = spans
  const bounds = boundsOf(instantsOf(spans))
  const some = { partners }
  const commission = await sliceCommission(db, account, bounds, asOf, some)
  const turns = boundsOf([period.from, period.to, asOf])
  const withdrawals = await sliceWithdrawals(db, account, turns, some)
  const balances = await reckonBalances(db, account, asOf, { earned: commission, withdrawn: withdrawals }, some)
  const nothing = { earned: emptySlices(bounds), withdrawn: emptySlices(turns) }
  const totals = await commissionTotals(db, account, period, { partners, byCampaign: true })
  const best = await campaignActivity(db, account, period, { partners, best: BEST_CAMPAIGNS, totals })
  const [totalsOf, bestOf] = [groupByPartner(totals), groupByPartner(best)]
  await expectMonths(db, 'clicks', period)
  const clicks = await clicksBetween(db, account, period, some)
  const licenses = await licenseCounts(db, account, period, some)
  const leads = await leadCounts(db, account, period, some)
  const referred = await referredCounts(db, account, period, some)
  return (id) => ({
    ...overTime(spans, commission.get(id) ?? nothing.earned, withdrawals.get(id) ?? nothing.withdrawn),
    balance: balances.get(id)?.balance ?? EMPTY_BALANCE,
    totals: totalsOf.get(id) ?? [],
    clicks: clicks.get(id) ?? 0,
    bestCampaigns: bestOf.get(id) ?? [],
    licenses: licenses.get(id) ?? NO_LICENSES,
    leads: leads.get(id) ?? NO_LEADS,
    referred: referred.get(id) ?? NOBODY_REFERRED,
  })
}

function instantsOf({ period, previous, months, asOf }: SummarySpans): Date[] {
  return [period, previous, ...months.map((month) => clip(month, period))]
    .flatMap(({ from, to }) => [from, to])
    .concat(asOf)
}

/** A chart never shows what came after the period, so that a rerun months later draws the same one. */
const clip = ({ from, to }: Span, period: Span): Span => ({ from, to: to < period.to ? to : period.to })

function overTime({ period, previous, months }: SummarySpans, earned: Sliced, withdrawn: Sliced) {
  const owed = (at: Date) => sumBetween(earned, { to: at }) - sumBetween(withdrawn, { to: at })
  return {
    previous: sumBetween(earned, previous),
    lifetime: sumBetween(earned, { to: period.to }),
    byMonth: months.map((month) => sumBetween(earned, clip(month, period))),
    opening: owed(period.from),
    withdrawn: sumBetween(withdrawn, period),
    closing: owed(period.to),
  }
}

function groupByPartner<T extends { readonly partnerId: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(item.partnerId)
    if (group) group.push(item)
    else groups.set(item.partnerId, [item])
  }
  return groups
}
