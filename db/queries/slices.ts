import { sql } from 'kysely'
import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import { blockedEntries } from './blocked.ts'
import { type CommissionFilter, entriesOf } from './commissions.ts'
import { column, isCommission, isHeld, isWithdrawn, ofAccount, type PartnerIds, type Sql } from './definitions.ts'
import { inAccountCurrency } from './money.ts'

/**
 * Time cut at `bounds`, ascending: `amounts[i]` is what fell between `bounds[i - 1]` and `bounds[i]`, `amounts[0]` all
 * before the first. One pass over the rows answers every period and every "by then" whose ends are among the bounds.
 */
export interface Sliced {
  readonly amounts: bigint[]
}

export interface SlicedCommission extends Sliced {
  /** Entries marked blocked or of a blocked licence, earned before `asOf`. */
  blocked: bigint
  /** Entries that are not blocked and not available yet at `asOf`, earned before it. */
  pending: bigint
}

/** Instants in ascending order, each once. */
export function boundsOf(instants: readonly Date[]): Date[] {
  const times = [...new Set(instants.map((instant) => instant.getTime()))].sort((a, b) => a - b)
  return times.map((time) => new Date(time))
}

/** What fell in `[from, to)`; both must be bounds. Without `from`: everything before `to`. */
export function sumBetween(
  bounds: readonly Date[],
  { amounts }: Sliced,
  { from, to }: { from?: Date; to: Date },
): bigint {
  const start = from ? indexOf(bounds, from) + 1 : 0
  return amounts.slice(start, indexOf(bounds, to) + 1).reduce((sum, amount) => sum + amount, 0n)
}

function indexOf(bounds: readonly Date[], instant: Date): number {
  const index = bounds.findIndex((bound) => bound.getTime() === instant.getTime())
  if (index < 0) throw new RangeError(`no slice ends at ${instant.toISOString()}`)
  return index
}

export const emptySlices = (bounds: readonly Date[]): SlicedCommission => ({
  amounts: bounds.map(() => 0n),
  blocked: 0n,
  pending: 0n,
})

/** Commission earned before the last bound, sliced, per partner; what is held back is as of `asOf`, one of the bounds. */
export async function sliceCommission(
  db: Snapshot,
  account: Account,
  bounds: readonly Date[],
  asOf: Date,
  filter: CommissionFilter = {},
): Promise<Map<string, SlicedCommission>> {
  const where = sql`${entriesOf(account, filter)} and c.earned_at < ${bounds.at(-1)} and ${isCommission()}`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where })
  const blocked = await blockedEntries(db, account)
  const { rows } = await sql<SliceRow & { blocked: string | null; pending: string | null }>`
    select c.partner_id, ${slice(column('c', 'earned_at'), bounds)} as slice, sum(${amount}) as amount,
      sum(${amount}) filter (where ${blocked.is}) as blocked,
      sum(${amount}) filter (where ${isHeld(asOf)} and not ${blocked.is}) as pending
    from commissions c ${join} ${blocked.join} where ${where}
    group by 1, 2`.execute(db)
  const last = indexOf(bounds, asOf)
  return collect(
    rows,
    () => emptySlices(bounds),
    (sliced, row) => {
      if (row.slice > last) return
      sliced.blocked += BigInt(row.blocked ?? 0)
      sliced.pending += BigInt(row.pending ?? 0)
    },
  )
}

/** Withdrawals that take from the balance, requested before the last bound, sliced, per partner. */
export async function sliceWithdrawals(
  db: Snapshot,
  account: Account,
  bounds: readonly Date[],
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<Map<string, Sliced>> {
  const where = sql`${ofAccount(account.accountId, partners, 'w')} and w.requested_at < ${bounds.at(-1)} and ${isWithdrawn()}`
  const { amount, join } = await inAccountCurrency(db, account, 'withdrawals', 'w', { where })
  const { rows } = await sql<SliceRow>`
    select w.partner_id, ${slice(column('w', 'requested_at'), bounds)} as slice, sum(${amount}) as amount
    from withdrawals w ${join} where ${where}
    group by 1, 2`.execute(db)
  return collect(rows, () => emptySlices(bounds))
}

/** Index of the slice; PostgreSQL's width_bucket over sorted bounds is half-open as periods are. */
const slice = (instant: Sql, bounds: readonly Date[]): Sql =>
  sql`width_bucket(${instant}, ${bounds.map((bound) => bound.toISOString())}::timestamptz[])`

interface SliceRow {
  partner_id: string
  slice: number
  amount: string
}

function collect<Row extends SliceRow, S extends Sliced>(
  rows: Row[],
  empty: () => S,
  add?: (sliced: S, row: Row) => void,
) {
  const partners = new Map<string, S>()
  for (const row of rows) {
    const sliced = partners.get(row.partner_id) ?? empty()
    partners.set(row.partner_id, sliced)
    sliced.amounts[row.slice] = BigInt(row.amount)
    add?.(sliced, row)
  }
  return partners
}
