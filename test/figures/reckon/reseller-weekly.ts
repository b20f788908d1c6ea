import { type Books, decimal } from '../books.ts'
import { addDays, between, type Micros, type Stretch } from '../calendar.ts'
import { countIn, discount } from './activity.ts'
import { amount, earnedIn } from './balance.ts'

/** The figures of `reseller-weekly` for one partner (docs/definitions.md, Figures). */
export function resellerWeekly(books: Books, partner: string, span: Stretch) {
  const licenses = books.rows('licenses', { partner_id: partner, program: 'solution' })
  const known = licenses.filter((row) => (row.at('created_at') as Micros) < span.to)
  const next = between('', span.end, addDays(span.end, 14), books.zone)
  const solution = earnedIn(books, partner, span).filter((row) => row.text('program') === 'solution')
  return {
    created: countIn(licenses, 'created_at', span),
    converted: countIn(licenses, 'converted_at', span),
    expired: countIn(licenses, 'expires_at', span),
    expiring_soon: countIn(known, 'expires_at', next),
    commission: decimal(amount(books, solution), books.decimals),
    discount: decimal(discount(books, partner, span, 'solution'), books.decimals),
  }
}
