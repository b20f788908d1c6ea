import type { Sealed } from '../statement.ts'

/** The sealed usage-reconciliation (docs/definitions.md, Statements): metered against invoiced, one row per organisation, exceptions first. */
export type UsageReconciliation = Sealed<UsageReconciliationFigures, OrganizationUsage>

/** In order of precedence: the first that applies is the organisation's verdict. */
export const VERDICTS = [
  'usage_missing',
  'invoice_missing',
  'over_invoiced',
  'under_invoiced',
  'credits_differ',
  'matched',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** An exact decimal: a JSON number, or its text where a double could not hold every digit. */
export type Quantity = number | string

/** Each number is the sum of the rows; money is a decimal string in the statement's currency. */
export interface UsageReconciliationFigures {
  readonly organizations: number
  readonly events: number
  readonly quantity: Quantity
  readonly credits_used: Quantity
  readonly invoiced_quantity: Quantity
  readonly invoiced_amount: string
  readonly difference_quantity: Quantity
  readonly difference_credits: Quantity
  readonly verdicts: Readonly<Record<Verdict, number>>
  readonly late_events: number
  readonly conflicts: number
  /** The late events themselves, oldest first: at most LISTED of them, `late_events` counts them all. */
  readonly late: readonly LateEvent[]
  /** The later, different payloads themselves: at most LISTED of them, `conflicts` counts them all. */
  readonly conflicting: readonly UsageConflict[]
}

/** How many late events and conflicts a statement lists by name. */
export const LISTED = 500

export interface OrganizationUsage {
  readonly organization_id: string
  readonly name: string
  readonly events: number
  readonly quantity: Quantity
  readonly credits_used: Quantity
  readonly invoiced_quantity: Quantity
  readonly amount: string
  /** Invoiced − metered. */
  readonly difference_quantity: Quantity
  /** Credits used − metered. It makes a verdict only where the organisation's partner has credit entries. */
  readonly difference_credits: Quantity
  readonly verdict: Verdict
  readonly late_events: number
  readonly conflicts: number
}

/** An event received after the period's end plus the grace; its quantity is in the figures. Instants are ISO 8601. */
export interface LateEvent {
  readonly event_id: string
  readonly organization_id: string
  readonly quantity: Quantity
  readonly occurred_at: string
  readonly received_at: string
}

/** What a later message said of an event that was known already; `quantity` was counted, `other_quantity` was not. */
export interface UsageConflict {
  readonly event_id: string
  readonly organization_id: string
  readonly quantity: Quantity
  /** The same: an event's id is its organisation's. Statements sealed before that was so name others here. */
  readonly other_organization_id: string
  readonly other_quantity: Quantity
  readonly other_occurred_at: string
  readonly received_at: string
}
