import { type Books, exchanged, foreignMoney, isForeign, type Row, sum, within } from '../books.ts'
import { localDate, type Micros } from '../calendar.ts'

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

/**
 * docs/definitions.md, Balance, as of an instant; what reduces takes back at once. `freeBy`: what is available by another instant than `at`,
 * for who asks what the same entries come to later.
 */
export function balance(books: Books, partner: string, at: Micros, freeBy = at): Balance {
  const earned = owed(books, partner).filter((row) => (row.at('earned_at') as Micros) < at)
  const asked = books
    .rows('withdrawals', { partner_id: partner })
    .filter((row) => row.text('status') !== 'rejected' && (row.at('requested_at') as Micros) < at)
  const [total, withdrawn] = [amount(books, earned), amount(books, asked)]
  let [blocked, pending, beyond] = [0n, 0n, 0n]
  for (const license of new Set(earned.map((row) => row.text('license_id')))) {
    const left = afterTaking(
      books,
      earned.filter((row) => row.text('license_id') === license),
      license !== '',
      freeBy,
    )
    blocked += left.blocked
    pending += left.held
    beyond += left.beyond
  }
  while (beyond > 0n && pending > 0n && total - withdrawn - blocked - pending < 0n) {
    const step = [beyond, pending, -(total - withdrawn - blocked - pending)].reduce((a, b) => (a < b ? a : b))
    beyond -= step
    pending -= step
  }
  return { total, withdrawn, blocked, pending, available: total - withdrawn - blocked - pending }
}

/** The entries of one licence, each reduction taken from one sale after the other: what is blocked, on hold and still to be taken. */
function afterTaking(books: Books, entries: readonly Row[], isLicense: boolean, freeBy: Micros) {
  const of = (some: readonly Row[]) => amount(books, some)
  const isReduction = (row: Row) => row.text('amount').startsWith('-')
  const [marked, plain] = [
    entries.filter((row) => isBlocked(books, row)),
    entries.filter((row) => !isBlocked(books, row)),
  ]
  const blocked = of(marked)
  let beyond = (blocked < 0n ? -blocked : 0n) - of(plain.filter(isReduction))
  const sales = plain
    .filter((row) => !isReduction(row))
    .sort((a, b) => (availableAt(books, a) < availableAt(books, b) ? -1 : 1))
  let held = 0n
  for (const sale of sales) {
    const worth = of([sale])
    const taken = isLicense && beyond > 0n ? (beyond < worth ? beyond : worth) : 0n
    beyond -= taken
    if (availableAt(books, sale) > freeBy) held += worth - taken
  }
  return { blocked: blocked < 0n ? 0n : blocked, held, beyond }
}

/** Entries at the rate of the day they were earned, withdrawals at that of the day they were asked for. */
export const amount = (books: Books, rows: readonly Row[]) => sum(rows, (row) => worth(books, row))

const worths = new WeakMap<Row, bigint>()

/** What is foreign is worth what it adds to the sum of its day, currency and partner, rounded. */
function worth(books: Books, row: Row): bigint {
  if (!isForeign(books, row)) return row.money('amount')
  const known = worths.get(row) ?? added(books, row)
  worths.set(row, known)
  return known
}

function added(books: Books, row: Row): bigint {
  const [table, time, id, kind] = row.at('earned_at')
    ? (['commissions', 'earned_at', 'commission_id', isDiscount] as const)
    : (['withdrawals', 'requested_at', 'withdrawal_id', isRejected] as const)
  const [at, currency] = [row.at(time) as Micros, row.text('currency')]
  const day = localDate(books.zone, at)
  const earlier = books.rows(table, { partner_id: row.text('partner_id'), currency }).filter((other) => {
    const then = other.at(time) as Micros
    const isEarlier = then < at || (then === at && idOf(other, id) < idOf(row, id))
    return isEarlier && localDate(books.zone, then) === day && kind(other) === kind(row)
  })
  const before = sum(earlier, (other) => foreignMoney(other, 'amount'))
  const upToIt = before + foreignMoney(row, 'amount')
  return exchanged(books, upToIt, currency, at) - exchanged(books, before, currency, at)
}

const isDiscount = (row: Row) => row.text('kind') === 'discount'
const isRejected = (row: Row) => row.text('status') === 'rejected'
const idOf = (row: Row, column: string) =>
  column === 'withdrawal_id' ? row.text(column).padStart(20, '0') : row.text(column)

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
