import type { Account } from '../../db/access/accounts.ts'
import type { UsageConflict as Conflict, LateUsage } from '../../db/queries/usage-exceptions.ts'
import type { ReconciledOrganization } from '../../db/queries/usage-reconciliation.ts'
import { decimal } from '../../db/values/money.ts'
import { quantityOf, sumQuantities } from '../../db/values/quantity.ts'
import {
  type LateEvent,
  type OrganizationUsage,
  type Quantity,
  type UsageConflict,
  type UsageReconciliationFigures,
  VERDICTS,
  type Verdict,
} from '../../templates/usage-reconciliation/view.ts'
import { isoInstant } from '../calendar/period.ts'

/** What a statement lists by name beside its rows. */
export interface Exceptions {
  readonly late: readonly LateUsage[]
  readonly conflicting: readonly Conflict[]
}

/** The header: each number the exact sum of the rows. */
export function figuresOf(
  account: Account,
  rows: readonly ReconciledOrganization[],
): Omit<UsageReconciliationFigures, 'late' | 'conflicting'> {
  const count = (key: 'events' | 'lateEvents' | 'conflicts') => rows.reduce((sum, row) => sum + row[key], 0)
  const total = (key: QuantityKey): Quantity => quantityOf(sumQuantities(rows.map((row) => row[key])))
  const amount = rows.reduce((sum, row) => sum + row.amount, 0n)
  return {
    organizations: rows.length,
    events: count('events'),
    quantity: total('quantity'),
    credits_used: total('creditsUsed'),
    invoiced_quantity: total('invoicedQuantity'),
    invoiced_amount: decimal(amount, account.currency),
    difference_quantity: total('differenceQuantity'),
    difference_credits: total('differenceCredits'),
    verdicts: verdictsOf(rows),
    late_events: count('lateEvents'),
    conflicts: count('conflicts'),
  }
}

type QuantityKey = 'quantity' | 'creditsUsed' | 'invoicedQuantity' | 'differenceQuantity' | 'differenceCredits'

function verdictsOf(rows: readonly ReconciledOrganization[]): Record<Verdict, number> {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, count(verdict)])) as Record<Verdict, number>
}

export const rowOf = (account: Account, row: ReconciledOrganization): OrganizationUsage => ({
  organization_id: row.organizationId,
  name: row.name,
  events: row.events,
  quantity: quantityOf(row.quantity),
  credits_used: quantityOf(row.creditsUsed),
  invoiced_quantity: quantityOf(row.invoicedQuantity),
  amount: decimal(row.amount, account.currency),
  difference_quantity: quantityOf(row.differenceQuantity),
  difference_credits: quantityOf(row.differenceCredits),
  verdict: row.verdict,
  late_events: row.lateEvents,
  conflicts: row.conflicts,
})

export const lateEventOf = (event: LateUsage): LateEvent => ({
  event_id: event.eventId,
  organization_id: event.organizationId,
  quantity: quantityOf(event.quantity),
  occurred_at: isoInstant(event.occurredAt),
  received_at: isoInstant(event.receivedAt),
})

export const conflictOf = (conflict: Conflict): UsageConflict => ({
  event_id: conflict.eventId,
  organization_id: conflict.organizationId,
  quantity: quantityOf(conflict.quantity),
  other_organization_id: conflict.organizationId,
  other_quantity: quantityOf(conflict.otherQuantity),
  other_occurred_at: isoInstant(conflict.otherOccurredAt),
  received_at: isoInstant(conflict.receivedAt),
})
