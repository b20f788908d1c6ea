import type { Sealed } from '../statement.ts'

/** The sealed reseller-weekly (docs/definitions.md, Statements): what happened to a solution partner's licences. */
export type ResellerWeekly = Sealed<ResellerWeeklyFigures, ResellerLicense>

export interface ResellerWeeklyFigures extends WeekFigures {
  /** The same of the period before. */
  readonly previous: WeekFigures
  /** Change of each headline in percent, one decimal; null where there was nothing before. */
  readonly change_percent: Readonly<Record<keyof WeekFigures, number | null>>
}

/** Counts of licences of the solution program; money as decimal strings in the statement's currency. */
export interface WeekFigures {
  readonly created: number
  readonly converted: number
  readonly expired: number
  /** Licences that end within fourteen days after the period. */
  readonly expiring_soon: number
  readonly commission: string
  readonly discount: string
}

/**
 * A licence that was created, converted or expired in the period or expires within fourteen days after it: the
 * contract's fourteen columns in their order, each as its CSV cell reads.
 */
export interface ResellerLicense {
  readonly license_id: string
  /** `client` or `partner`: who pays; empty where nobody said. */
  readonly managed_by: string
  /** `trial`, `paid` or `expired` as of the statement. */
  readonly status: string
  readonly client_name: string
  readonly client_email: string
  readonly client_identifier: string
  /** `2024-01-22 08:53:53`, UTC. */
  readonly created: string
  readonly product: string
  /** `yes` or `no`. */
  readonly credit_card: string
  readonly card_problem: string
  /** Percent with two decimals. */
  readonly commission_level: string
  readonly discount_level: string
  /** Commission and discount of the licence up to the statement, in the statement's currency. */
  readonly total_earnings: string
  readonly total_savings: string
}
