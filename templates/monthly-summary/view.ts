import type { Sealed } from '../statement.ts'

/** The sealed monthly-summary (docs/definitions.md, Statements). Money is a decimal string in the statement's currency. */
export type MonthlySummary = Sealed<MonthlySummaryFigures, CommissionLine>

export interface MonthlySummaryFigures {
  readonly commission: CommissionFigures
  readonly affiliate: AffiliateFigures
  /** Five at most, by earnings, then name. */
  readonly best_campaigns: readonly CampaignFigures[]
  readonly licenses: LicenseFigures
  readonly leads: LeadFigures
  readonly referred_partners: { readonly count: number; readonly commission: string }
  readonly balance: BalanceFigures
  /** The twelve months that end with the period's, oldest first. */
  readonly commission_by_month: readonly MonthTotal[]
}

interface CommissionFigures {
  readonly total: string
  readonly previous: string
  /** One decimal; null where the previous period had none. */
  readonly change_percent: number | null
  readonly lifetime: string
  /** Commission lines of the period, discounts left out. */
  readonly lines: number
  readonly by_program: Readonly<Record<string, string>>
  readonly by_product: Readonly<Record<string, string>>
}

interface AffiliateFigures {
  readonly clicks: number
  readonly trials: number
  readonly conversions: number
  readonly earnings: string
  /** conversions / trials in percent; null without trials. */
  readonly conversion_rate: number | null
}

interface CampaignFigures {
  readonly campaign_id: number
  readonly name: string
  readonly product: string
  readonly clicks: number
  readonly trials: number
  readonly conversions: number
  readonly earnings: string
}

interface LicenseFigures {
  readonly created: number
  readonly converted: number
  readonly expired: number
  readonly discount: string
}

/** total = received + sent = converted + rejected + pending. */
interface LeadFigures {
  readonly total: number
  readonly received: number
  readonly sent: number
  readonly converted: number
  readonly rejected: number
  readonly pending: number
}

/** closing = opening + earned − withdrawn = available + pending + blocked at the as-of instant of the period's end. */
interface BalanceFigures {
  readonly opening: string
  readonly earned: string
  readonly withdrawn: string
  readonly closing: string
  readonly available: string
  readonly pending: string
  readonly blocked: string
}

interface MonthTotal {
  /** `YYYY-MM`. */
  readonly month: string
  readonly total: string
}

/** One entry that counts into commission.total. */
export interface CommissionLine {
  readonly commission_id: string
  /** ISO 8601 in UTC. */
  readonly earned_at: string
  readonly kind: 'commission' | 'referral' | 'refund' | 'adjustment'
  readonly program: string
  readonly product: string
  readonly license_id: string | null
  readonly campaign_id: number | null
  readonly amount: string
  readonly currency: string
}
