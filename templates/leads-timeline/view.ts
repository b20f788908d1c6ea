import type { Sealed } from '../statement.ts'

/** The sealed leads-timeline (docs/definitions.md, Statements): the keys of the Journeybee endpoint, of the account or of one partner. */
export type LeadsTimeline = Sealed<LeadsTimelineFigures>

export interface LeadsTimelineFigures {
  /** null in the account's own statement. */
  readonly partner_uuid: string | null
  /** First and last day, both included. */
  readonly period: { readonly start_date: string; readonly end_date: string }
  /** The sum of the months. */
  readonly totals: LeadCounts
  /** Every calendar month that the period touches, none left out; leads outside the period are not counted. */
  readonly months: readonly LeadMonth[]
}

/** Leads by the month they were created in and their present status: total = received + sent = converted + rejected + pending. */
export interface LeadCounts {
  readonly total: number
  readonly received: number
  readonly sent: number
  readonly converted: number
  readonly rejected: number
  readonly pending: number
}

export interface LeadMonth extends LeadCounts {
  /** `YYYY-MM`. */
  readonly label: string
}
