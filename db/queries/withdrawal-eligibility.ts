import { sql } from 'kysely'
import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import { payPalReceiver } from '../paypal.ts'
import { type Balance, balances, EMPTY_BALANCE } from './balance.ts'
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
      balance: balanceOf.get(row.partner_id) ?? EMPTY_BALANCE,
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

/** When entries, as they become available one after the other, first make up what is missing to the minimum. */
async function holds(db: Snapshot, account: Account, asOf: Date, balanceOf: ReadonlyMap<string, Balance>) {
  const short = [...balanceOf].filter(([, { available }]) => available < account.withdrawalMinimum)
  const partners = short.map(([id]) => id)
  const missing = short.map(([, { available }]) => String(account.withdrawalMinimum - available))
  const where = sql`${ofAccount(account.accountId, partners, 'c')} and ${isCommission()}
    and ${before(column('c', 'earned_at'), asOf)} and ${isHeld(asOf)}`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where })
  const blocked = await blockedEntries(db, account)
  const { rows } = await sql<{ partner_id: string; held_until: Date }>`
    select lifted.partner_id, min(lifted.available_at) as held_until
    from (select c.partner_id, c.available_at,
        sum(${amount}) over (partition by c.partner_id order by c.available_at) as by_then
      from commissions c ${join} ${blocked.join} where ${where} and not ${blocked.is}) lifted
    join unnest(${partners}::text[], ${missing}::bigint[]) as short (partner_id, missing)
      on short.partner_id = lifted.partner_id and lifted.by_then >= short.missing
    group by lifted.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, row.held_until]))
}
