import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { payPalReceiver } from '../values/paypal.ts'
import { type Balance, balances, EMPTY_BALANCE, type ReckonedBalance } from './balance.ts'
import { blockedEntries } from './blocked.ts'
import {
  before,
  column,
  hasBilling,
  isCommission,
  isHeld,
  isOpenWithdrawal,
  isWithdrawn,
  ofAccount,
  type Sql,
} from './definitions.ts'
import { inAccountCurrency } from './money.ts'

/** What decides whether a partner can be paid out, as of an instant. */
export interface PayoutStanding {
  readonly partnerId: string
  readonly name: string
  readonly balance: Balance
  readonly partnerBlocked: boolean
  /** Where a payout goes; undefined where billing details are missing or name nobody whom PayPal pays. */
  readonly paypal: string | undefined
  readonly withdrawalOpen: boolean
  /** A withdrawal was asked for at or after the instant, and not rejected: no figure has it, but its money is not there. */
  readonly withdrawalSince: boolean
  /** The instant at which pending entries lift what is available to the minimum; absent where they do not or need not. */
  readonly heldUntil: Date | undefined
}

/** Every partner that the account had by then, by partner_id; who has a balance is listed whenever it was made. */
export async function payoutStandings(db: Snapshot, account: Account, asOf: Date): Promise<PayoutStanding[]> {
  const balanceOf = await balances(db, account, asOf)
  const heldUntil = await holds(db, account, asOf, balanceOf)
  const { rows } = await sql<StandingRow>`
    select p.partner_id, p.name, p.blocked, ${before(column('p', 'created_at'), asOf)} as existed,
      case when ${hasBilling()} then b.paypal end as paypal, coalesce(w.is_open, false) as withdrawal_open,
      coalesce(w.is_since, false) as withdrawal_since
    from partners p
    left join billing_details b on b.account_id = p.account_id and b.partner_id = p.partner_id
    left join (select w.partner_id, bool_or(${isOpenWithdrawal(asOf)}) as is_open,
        bool_or(${isWithdrawn()} and not ${before(column('w', 'requested_at'), asOf)}) as is_since
      from withdrawals w where ${ofAccount(account.accountId, undefined, 'w')}
      group by w.partner_id) w on w.partner_id = p.partner_id
    where ${ofAccount(account.accountId, undefined, 'p')}
    order by p.partner_id collate "C"`.execute(db)
  return rows
    .filter((row) => row.existed || balanceOf.has(row.partner_id))
    .map((row) => ({
      partnerId: row.partner_id,
      name: row.name,
      balance: balanceOf.get(row.partner_id)?.balance ?? EMPTY_BALANCE,
      partnerBlocked: row.blocked,
      paypal: row.paypal === null ? undefined : payPalReceiver(row.paypal),
      withdrawalOpen: row.withdrawal_open,
      withdrawalSince: row.withdrawal_since,
      heldUntil: heldUntil.get(row.partner_id),
    }))
}

interface StandingRow {
  partner_id: string
  name: string
  blocked: boolean
  existed: boolean
  paypal: string | null
  withdrawal_open: boolean
  withdrawal_since: boolean
}

/**
 * When what is available first comes to the minimum, as what is on hold becomes available and nothing else happens. Of a
 * licence whose reductions took some of that, what becomes available first is what they took: it lifts nothing.
 */
async function holds(db: Snapshot, account: Account, asOf: Date, balanceOf: ReadonlyMap<string, ReckonedBalance>) {
  const short = [...balanceOf].filter(([, { balance }]) => balance.available < account.withdrawalMinimum)
  const partners = short.map(([id]) => id)
  const where = sql`${ofAccount(account.accountId, partners, 'c')} and ${isCommission()}
    and ${before(column('c', 'earned_at'), asOf)} and ${isHeld(asOf)} and c.amount > 0`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where })
  const blocked = await blockedEntries(db, account)
  const { rows } = await sql<{ partner_id: string; held_until: Date }>`
    with held as (select c.partner_id, coalesce(c.license_id, '') as license_id, c.available_at, sum(${amount}) as amount
      from commissions c ${join} ${blocked.join} where ${where} and not ${blocked.is} group by 1, 2, 3),
    lifting as (select held.partner_id, held.available_at, least(held.amount, greatest(0, coalesce(-taken.held, 0)
        + sum(held.amount) over (partition by held.partner_id, held.license_id order by held.available_at))) as amount
      from held left join (${takenRows(short)}) as taken using (partner_id, license_id)),
    lifted as (select partner_id, available_at, sum(amount) over (partition by partner_id order by available_at) as by_then
      from lifting)
    select lifted.partner_id, min(lifted.available_at) as held_until
    from lifted join (${shortRows(short)}) as short using (partner_id)
    where by_then + available + least(greatest(-by_then - available, 0), loose, on_hold - by_then) >= ${account.withdrawalMinimum}
    group by lifted.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, row.held_until]))
}

type Short = readonly (readonly [string, ReckonedBalance])[]

function takenRows(short: Short): Sql {
  const rows = short.flatMap(([, { taken }]) => taken)
  return sql`select * from unnest(${rows.map((row) => row.partnerId)}::text[], ${rows.map((row) => row.licenseId)}::text[],
    ${rows.map((row) => String(row.held))}::numeric[]) as taken (partner_id, license_id, held)`
}

/** Before anything was taken beyond licences: that is another amount on each day. */
function shortRows(short: Short): Sql {
  const amounts = (amountOf: (of: ReckonedBalance) => bigint) => short.map(([, of]) => String(amountOf(of)))
  return sql`select * from unnest(${short.map(([id]) => id)}::text[],
    ${amounts(({ balance, looseTaken }) => balance.available - looseTaken)}::numeric[],
    ${amounts(({ balance, looseTaken }) => balance.pending + looseTaken)}::numeric[],
    ${amounts(({ loose }) => loose)}::numeric[]) as short (partner_id, available, on_hold, loose)`
}
