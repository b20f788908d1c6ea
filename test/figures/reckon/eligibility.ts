import { type Books, decimal, type Row } from '../books.ts'
import { localDate, type Micros } from '../calendar.ts'
import { availableAt, balance, owed } from './balance.ts'

/** One row of `withdrawal-eligibility` (docs/definitions.md, Figures). */
export function eligibility(books: Books, partner: Row, at: Micros) {
  const id = partner.text('partner_id')
  const say = (minor: bigint) => decimal(minor, books.decimals)
  const held = balance(books, id, at)
  const minimum = minimumOf(books)
  const waiting = books
    .rows('withdrawals', { partner_id: id })
    .some((row) => (row.at('requested_at') as Micros) < at && (row.at('acted_at') ?? at) >= at)
  const lifted = held.available < minimum ? liftedAt(books, id, at) : undefined
  const reasons = [
    ...(held.available < minimum ? ['below_minimum'] : []),
    ...(books.rows('billing_details', { partner_id: id }).length ? [] : ['billing_missing']),
    ...(partner.yes('blocked') ? ['partner_blocked'] : []),
    ...(waiting ? ['withdrawal_pending'] : []),
    ...(lifted ? ['on_hold_until'] : []),
    ...(held.available < 0n ? ['negative_balance'] : []),
  ]
  return {
    partner_id: id,
    name: partner.text('name'),
    currency: books.currency,
    total: say(held.total),
    withdrawn: say(held.withdrawn),
    blocked: say(held.blocked),
    pending: say(held.pending),
    available: say(held.available),
    eligible: reasons.length === 0,
    reasons,
    on_hold_until: lifted ? localDate(books.zone, lifted) : null,
  }
}

/** When what is available comes to the minimum, as entries become available and nothing else happens. */
function liftedAt(books: Books, partner: string, at: Micros): Micros | undefined {
  const moments = owed(books, partner)
    .filter((row) => (row.at('earned_at') as Micros) < at)
    .map((row) => availableAt(books, row))
    .filter((moment) => moment > at)
  const inOrder = [...new Set(moments)].sort((a, b) => (a < b ? -1 : 1))
  return inOrder.find((moment) => balance(books, partner, at, moment).available >= minimumOf(books))
}

function minimumOf(books: Books): bigint {
  return books.rows('accounts')[0]?.money('withdrawal_minimum') ?? 0n
}
