import { type Books, decimal, type Row, sum, within } from '../books.ts'
import type { Micros, Stretch } from '../calendar.ts'

const DAY = 86_400_000_000n

/** One organisation's row of `usage-reconciliation` (SPEC 5), or nothing where there is nothing to say. */
export function reconciliation(books: Books, organization: Row, span: Stretch) {
  const id = organization.text('organization_id')
  const seen = new Set<string>()
  const all = books
    .rows('usage_events', { organization_id: id })
    .filter((row) => !seen.has(row.text('event_id')) && seen.add(row.text('event_id')))
  const events = all.filter((row) => within(row.at('occurred_at'), span))
  const quantity = sum(events, (row) => row.count('quantity'))
  const invoices = books
    .rows('usage_invoices', { organization_id: id })
    .filter((row) => row.text('period_end') >= span.start && row.text('period_end') < span.end)
  const invoiced = sum(invoices, (row) => row.count('quantity'))
  const used = -sum(
    books
      .rows('credit_entries', { organization_id: id })
      .filter((row) => row.text('amount').startsWith('-') && within(row.at('occurred_at'), span)),
    (row) => row.count('amount'),
  )
  const withCredits = books
    .rows('credit_entries', { partner_id: organization.text('partner_id') })
    .some((row) => (row.at('occurred_at') as Micros) < span.to)
  const nothing = !events.length && !invoices.length && !used
  if (nothing && organization.text('status') !== 'active') return undefined
  return {
    organization_id: id,
    events: events.length,
    quantity,
    credits_used: used,
    invoiced_quantity: invoiced,
    amount: decimal(
      sum(invoices, (row) => row.money('amount')),
      books.decimals,
    ),
    difference_quantity: invoiced - quantity,
    verdict: verdict({ events: events.length, quantity, invoices: invoices.length, invoiced, used, withCredits }),
    late_events: events.filter((row) => (row.at('received_at') ?? 0n) > span.to + DAY).length,
  }
}

function verdict(seen: {
  events: number
  quantity: bigint
  invoices: number
  invoiced: bigint
  used: bigint
  withCredits: boolean
}): string {
  if (seen.invoiced && !seen.events) return 'usage_missing'
  if (seen.quantity && !seen.invoices) return 'invoice_missing'
  if (seen.invoiced > seen.quantity) return 'over_invoiced'
  if (seen.invoiced < seen.quantity) return 'under_invoiced'
  return seen.withCredits && seen.used !== seen.quantity ? 'credits_differ' : 'matched'
}
