import type { Account } from '../../db/access/accounts.ts'
import type { CampaignActivity } from '../../db/queries/campaigns.ts'
import type { CommissionEntry, CommissionTotal } from '../../db/queries/commissions.ts'
import type { PartnerSummary } from '../../db/queries/monthly-summary.ts'
import { changePercent, decimal, percent } from '../../db/values/money.ts'
import type { CommissionLine, MonthlySummaryFigures } from '../../templates/monthly-summary/view.ts'
import { isoInstant, type Period } from '../calendar/period.ts'

/** What is sealed of a partner's summary; `months` are those of the chart. */
export function figuresOf(account: Account, months: readonly Period[], summary: PartnerSummary): MonthlySummaryFigures {
  const money = (amount: bigint) => decimal(amount, account.currency)
  const { licenses, leads } = summary
  return {
    commission: commissionFigures(summary, money),
    affiliate: affiliateFigures(summary, money),
    best_campaigns: summary.bestCampaigns.map((campaign) => campaignFigures(campaign, money)),
    licenses: {
      created: licenses.created,
      converted: licenses.converted,
      expired: licenses.expired,
      discount: money(sum(summary.totals, (total) => total.discount)),
    },
    leads: { ...leads },
    referred_partners: {
      count: summary.referred.count,
      commission: money(sum(summary.totals, (total) => total.referral)),
    },
    balance: balanceFigures(summary, money),
    commission_by_month: months.map(({ key }, i) => ({ month: key, total: money(summary.byMonth[i] ?? 0n) })),
  }
}

/** One line of the statement; its amounts add up to `commission.total`, so it is in the account's currency too. */
export const lineOf = (account: Account, entry: CommissionEntry): CommissionLine => ({
  commission_id: entry.commission_id,
  earned_at: isoInstant(entry.earned_at),
  kind: entry.kind as CommissionLine['kind'],
  program: entry.program,
  product: entry.product,
  license_id: entry.license_id,
  campaign_id: entry.campaign_id === null ? null : Number(entry.campaign_id),
  amount: decimal(BigInt(entry.amount), account.currency),
  currency: account.currency,
})

/** How many commission lines the statement has. */
export const linesOf = ({ totals }: PartnerSummary): number => totals.reduce((count, { lines }) => count + lines, 0)

/** Whether there is anything to say: something happened in the period, or the partner has a balance. */
export function hasActivity(summary: PartnerSummary): boolean {
  const { totals, clicks, licenses, leads, referred, balance } = summary
  const happened = totals.length + clicks + licenses.created + licenses.converted + licenses.expired + leads.total
  const owed = [summary.opening, summary.closing, balance.available, balance.pending, balance.blocked]
  return happened + referred.added > 0 || summary.withdrawn !== 0n || owed.some((amount) => amount !== 0n)
}

type AsText = (amount: bigint) => string

function commissionFigures({ totals, previous, lifetime }: PartnerSummary, money: AsText) {
  const total = sum(totals, ({ commission }) => commission)
  const earned = totals.filter(({ lines }) => lines > 0)
  return {
    total: money(total),
    previous: money(previous),
    change_percent: changePercent(total, previous),
    lifetime: money(lifetime),
    lines: totals.reduce((count, { lines }) => count + lines, 0),
    by_program: { affiliate: money(0n), solution: money(0n), ...sums(earned, 'program', money) },
    by_product: sums(earned, 'product', money),
  }
}

function affiliateFigures({ totals, clicks, licenses: { trials, conversions } }: PartnerSummary, money: AsText) {
  const affiliate = totals.filter(({ program }) => program === 'affiliate')
  return {
    clicks,
    trials,
    conversions,
    earnings: money(sum(affiliate, ({ commission }) => commission)),
    conversion_rate: percent(BigInt(conversions), BigInt(trials)),
  }
}

const campaignFigures = (campaign: CampaignActivity, money: AsText) => ({
  campaign_id: campaign.campaignId,
  name: campaign.name,
  product: campaign.product,
  clicks: campaign.clicks,
  trials: campaign.trials,
  conversions: campaign.conversions,
  earnings: money(campaign.earnings),
})

const balanceFigures = ({ totals, opening, withdrawn, closing, balance }: PartnerSummary, money: AsText) => ({
  opening: money(opening),
  earned: money(sum(totals, ({ commission }) => commission)),
  withdrawn: money(withdrawn),
  closing: money(closing),
  available: money(balance.available),
  pending: money(balance.pending),
  blocked: money(balance.blocked),
})

/** Object.fromEntries, for a product may be called `__proto__`. */
function sums(totals: readonly CommissionTotal[], key: 'program' | 'product', money: AsText): Record<string, string> {
  const groups = new Map<string, bigint>()
  for (const total of totals) groups.set(total[key], (groups.get(total[key]) ?? 0n) + total.commission)
  return Object.fromEntries([...groups].map(([name, amount]) => [name, money(amount)]))
}

const sum = (totals: readonly CommissionTotal[], amountOf: (total: CommissionTotal) => bigint): bigint =>
  totals.reduce((whole, total) => whole + amountOf(total), 0n)
