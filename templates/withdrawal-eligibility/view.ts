import type { Sealed } from '../statement.ts'

/** The sealed withdrawal-eligibility (docs/definitions.md, Statements): who of an account's partners can be paid out, as of the statement. */
export type WithdrawalEligibility = Sealed<WithdrawalEligibilityFigures, EligibilityRow>

/** Counts of partners; money is the sum of the rows, as decimal strings in the statement's currency. */
export interface WithdrawalEligibilityFigures {
  readonly partners: number
  readonly eligible: number
  /** What the eligible partners have available. */
  readonly eligible_amount: string
  readonly total: string
  readonly withdrawn: string
  readonly blocked: string
  readonly pending: string
  readonly available: string
}

/** available = total − withdrawn − blocked − pending. */
export interface EligibilityRow {
  readonly partner_id: string
  readonly name: string
  readonly currency: string
  readonly total: string
  readonly withdrawn: string
  readonly blocked: string
  readonly pending: string
  readonly available: string
  readonly eligible: boolean
  /** Every reason why not; empty where eligible. */
  readonly reasons: readonly Reason[]
  /** Local date `YYYY-MM-DD` on which pending entries lift `available` to the minimum; null where they never do. */
  readonly on_hold_until: string | null
  /** Where the payout goes; only of eligible partners whom the payout file pays. */
  readonly paypal?: string
  /** Only of an eligible partner with a withdrawal at or after the statement's instant, not rejected: not in the file. */
  readonly withdrawal_since?: true
}

export type Reason =
  | 'below_minimum'
  | 'billing_missing'
  | 'partner_blocked'
  | 'withdrawal_pending'
  | 'on_hold_until'
  | 'negative_balance'
