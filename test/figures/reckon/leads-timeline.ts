import type { Books } from '../books.ts'
import { addMonths, between, monthsOf, type Stretch } from '../calendar.ts'
import { leadCounts } from './activity.ts'

/** The months of `leads-timeline` (docs/definitions.md, Figures); all partners, or one. */
export function leadsTimeline(books: Books, span: Stretch, partner?: string) {
  const leads = books.rows('leads', partner ? { partner_id: partner } : {})
  return monthsOf(span.start, span.end).map((month) => {
    const whole = between(month, month, addMonths(month, 1), books.zone)
    const clipped = {
      from: whole.from > span.from ? whole.from : span.from,
      to: whole.to < span.to ? whole.to : span.to,
    }
    return { label: month.slice(0, 7), ...leadCounts(leads, clipped) }
  })
}
