import { type Books, decimal, type Row, sum, within } from '../books.ts'
import type { Micros, Stretch } from '../calendar.ts'

const DAY = 86_400_000_000n

/** One organisation's row of `usage-reconciliation` (docs/definitions.md, Figures), or nothing where there is nothing to say. */
export function reconciliation(books: Books, organization: Row, span: Stretch) {
  const id = organization.text('organization_id')
  const events = metered(books, id).filter(({ first }) => within(first.at('occurred_at'), span))
  const quantity = sum(events, ({ first }) => first.count('quantity'))
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
    difference_credits: used - quantity,
    verdict: verdict({ events: events.length, quantity, invoices: invoices.length, invoiced, used, withCredits }),
    late_events: events.filter(({ first }) => (first.at('received_at') ?? 0n) > span.to + DAY).length,
    conflicts: events.reduce((all, { others }) => all + others, 0),
  }
}

export interface Metered {
  /** The payload that came first: it wins. */
  readonly first: Row
  /** Later payloads that differ from it. */
  readonly others: number
}

/** The distinct events of an organisation. */
export function metered(books: Books, organization: string): Metered[] {
  const events = new Map<string, Row[]>()
  for (const row of books.rows('usage_events', { organization_id: organization }))
    events.set(row.text('event_id'), [...(events.get(row.text('event_id')) ?? []), row])
  return [...events.values()].map((rows) => {
    const [first] = rows as [Row]
    return { first, others: rows.filter((row) => row.text('quantity') !== first.text('quantity')).length }
  })
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
