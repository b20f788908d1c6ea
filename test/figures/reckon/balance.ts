import { type Books, converted, type Row, sum, within } from '../books.ts'
import type { Micros } from '../calendar.ts'

const KINDS = ['commission', 'referral', 'refund', 'adjustment']

const DAY = 86_400_000_000n

/** Entries that are owed: every kind but discount. */
export const owed = (books: Books, partner: string) =>
  books.rows('commissions', { partner_id: partner }).filter((row) => KINDS.includes(row.text('kind')))

export const earnedIn = (books: Books, partner: string, span: { from: Micros; to: Micros }) =>
  owed(books, partner).filter((row) => within(row.at('earned_at'), span))

export interface Balance {
  readonly total: bigint
  readonly withdrawn: bigint
  readonly blocked: bigint
  readonly pending: bigint
  readonly available: bigint
}

/** SPEC 5, Balance, as of an instant. */
export function balance(books: Books, partner: string, at: Micros): Balance {
  const earned = owed(books, partner).filter((row) => (row.at('earned_at') as Micros) < at)
  const asked = books
    .rows('withdrawals', { partner_id: partner })
    .filter((row) => row.text('status') !== 'rejected' && (row.at('requested_at') as Micros) < at)
  const held = earned.filter((row) => isBlocked(books, row))
  const waiting = earned.filter((row) => !isBlocked(books, row) && availableAt(books, row) > at)
  const total = amount(books, earned)
  const [withdrawn, blocked, pending] = [amount(books, asked), amount(books, held), amount(books, waiting)]
  return { total, withdrawn, blocked, pending, available: total - withdrawn - blocked - pending }
}

/** Entries at the rate of the day they were earned, withdrawals at that of the day they were asked for. */
export const amount = (books: Books, rows: readonly Row[]) =>
  sum(rows, (row) => converted(books, row, 'amount', row.at('earned_at') ?? (row.at('requested_at') as Micros)))

export function availableAt(books: Books, row: Row): Micros {
  const hold = BigInt(books.rows('accounts')[0]?.text('hold_days') || '0')
  return row.at('available_at') ?? (row.at('earned_at') as Micros) + hold * DAY
}

export function isBlocked(books: Books, row: Row): boolean {
  return (
    row.yes('blocked') ||
    books.rows('licenses', { license_id: row.text('license_id') }).some((license) => license.yes('blocked'))
  )
}
