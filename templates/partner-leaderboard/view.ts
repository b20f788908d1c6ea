import type { Sealed } from '../statement.ts'

/** The sealed partner-leaderboard (docs/definitions.md, Statements): the keys of the Journeybee endpoint, the previous period beside it. */
export type PartnerLeaderboard = Sealed<PartnerLeaderboardFigures>

export interface PartnerLeaderboardFigures extends Leaderboard {
  readonly currency_code: string
  /** The same partners one period earlier, ranked by what they had then. */
  readonly previous: Leaderboard
  /** Change of the totals in percent of the previous ones, one decimal; null over nothing. */
  readonly change_percent: Readonly<Record<LeaderboardHeadline, number | null>>
}

type LeaderboardHeadline = Exclude<keyof LeaderboardFigures, 'conversion_rate' | 'win_rate'>

export interface Leaderboard {
  /** First and last day, both included. */
  readonly period: { readonly start_date: string; readonly end_date: string }
  /** The sum of all partners; rates and the average are of the sums. */
  readonly totals: LeaderboardFigures
  /** Every partner of the account, by revenue, then name. */
  readonly partners: readonly LeaderboardPartner[]
}

/** Money is a decimal string in the statement's currency; rates are percent with one decimal, null over nothing. */
export interface LeaderboardFigures {
  readonly revenue: string
  readonly open_pipeline: string
  readonly won_deals: number
  readonly total_deals: number
  readonly avg_deal_value: string | null
  readonly total_leads: number
  readonly converted_leads: number
  readonly conversion_rate: number | null
  readonly win_rate: number | null
}

export interface LeaderboardPartner extends LeaderboardFigures {
  readonly uuid: string
  readonly name: string
  readonly logo_uuid: null
}
