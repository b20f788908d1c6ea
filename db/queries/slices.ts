import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { blockedEntries } from './blocked.ts'
import { type CommissionFilter, entriesOf } from './commissions.ts'
import {
  before,
  column,
  inPeriod,
  isCommission,
  isHeld,
  isWithdrawn,
  ofAccount,
  type PartnerIds,
  type Sql,
} from './definitions.ts'
import { inAccountCurrency } from './money.ts'

/**
 * Time cut at `bounds`, ascending: `amounts[i]` is what fell between `bounds[i - 1]` and `bounds[i]`, `amounts[0]` all
 * before the first. One pass over the rows answers every period and every "by then" whose ends are among the bounds.
 */
export interface Sliced {
  readonly bounds: readonly Date[]
  readonly amounts: readonly bigint[]
}

export interface SlicedCommission extends Sliced {
  /** Entries marked blocked or of a blocked licence, earned before `asOf`. */
  readonly blocked: bigint
  /** Entries above zero that are not blocked and not available yet at `asOf`, earned before it. */
  readonly held: bigint
}

/** Instants in ascending order, each once. */
export function boundsOf(instants: readonly Date[]): Date[] {
  const times = [...new Set(instants.map((instant) => instant.getTime()))].sort((a, b) => a - b)
  return times.map((time) => new Date(time))
}

/** What fell in `[from, to)`; both must be bounds. Without `from`: everything before `to`. */
export function sumBetween({ bounds, amounts }: Sliced, { from, to }: { from?: Date; to: Date }): bigint {
  const start = from ? indexOf(bounds, from) + 1 : 0
  return amounts.slice(start, indexOf(bounds, to) + 1).reduce((sum, amount) => sum + amount, 0n)
}

function indexOf(bounds: readonly Date[], instant: Date): number {
  const index = bounds.findIndex((bound) => bound.getTime() === instant.getTime())
  if (index < 0) throw new RangeError(`no slice ends at ${instant.toISOString()}`)
  return index
}

export const emptySlices = (bounds: readonly Date[]): SlicedCommission => ({
  bounds,
  amounts: bounds.map(() => 0n),
  blocked: 0n,
  held: 0n,
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
  if (!filter.partners) await makeRoom(db)
  const earnedByThen = before(column('c', 'earned_at'), asOf)
  const { rows } = await sql<SliceRow & { blocked: string; held: string }>`
    select c.partner_id, ${slices(amount, column('c', 'earned_at'), bounds)} as amounts,
      coalesce(sum(${amount}) filter (where ${blocked.is} and ${earnedByThen}), 0) as blocked,
      coalesce(sum(${amount}) filter (where ${isHeld(asOf)} and c.amount > 0 and not ${blocked.is} and ${earnedByThen}), 0) as held
    from commissions c ${join} ${blocked.join} where ${where}
    group by c.partner_id`.execute(db)
  return new Map(
    rows.map((row) => [
      row.partner_id,
      { ...slicedOf(bounds, row), blocked: BigInt(row.blocked), held: BigInt(row.held) },
    ]),
  )
}

/**
 * The sums of ten thousand partners side by side outgrow the usual 4 MB, and PostgreSQL would sort every row on disk
 * instead (measured: 8 s for 5 million rows, not 1); until the transaction ends they may stay in memory.
 */
const makeRoom = (db: Snapshot) => sql`select set_config('work_mem', '64MB', true)`.execute(db)

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
    select w.partner_id, ${slices(amount, column('w', 'requested_at'), bounds)} as amounts
    from withdrawals w ${join} where ${where}
    group by w.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, slicedOf(bounds, row)]))
}

/**
 * One sum per slice in one row per partner: measured faster than width_bucket as a second key, since it groups into a
 * tenth of the rows and PostgreSQL shares the pass among its workers. Sums are of any size: a bigint ends at 92,233,720,368,547,758.07.
 */
function slices(amount: Sql, instant: Sql, bounds: readonly Date[]): Sql {
  const sums = bounds.map((to, i) => {
    const from = bounds[i - 1]
    const within = from ? inPeriod(instant, { from, to }) : before(instant, to)
    return sql`coalesce(sum(${amount}) filter (where ${within}), 0)`
  })
  return sql`array[${sql.join(sums)}]::text[]`
}

interface SliceRow {
  partner_id: string
  amounts: string[]
}

const slicedOf = (bounds: readonly Date[], { amounts }: SliceRow): Sliced => ({ bounds, amounts: amounts.map(BigInt) })
