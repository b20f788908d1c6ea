import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { blockedEntries } from './blocked.ts'
import { before, column, isCommission, isHeld, ofAccount, type PartnerIds, type Sql } from './definitions.ts'
import { inAccountCurrency } from './money.ts'

/** What a licence's reductions (its entries below zero) take back of what is held or blocked of it, minor units. */
export interface TakenBack {
  readonly partnerId: string
  /** Empty for the entries without licence. */
  readonly licenseId: string
  /** Of the entries on hold: what has become available before does not cover it. */
  readonly held: bigint
  /** By how much the entries marked blocked would sum up below zero. */
  readonly blocked: bigint
}

/**
 * Where reductions change what is pending or blocked as of an instant. Starts from the reductions, which are few (a partial
 * index has them), so that whoever has none pays next to nothing.
 */
export async function takenBack(
  db: Snapshot,
  account: Account,
  asOf: Date,
  partners: PartnerIds,
): Promise<TakenBack[]> {
  const { blocked, amount, join } = await entriesBy(db, account, asOf, partners)
  const held = sql`select h.partner_id, h.license_id from commissions h
    where ${entries(account, asOf, partners, 'h')} and ${isHeld(asOf, 'h')} and h.amount > 0 and h.license_id is not null`
  const ask = sql<{ partner_id: string; license_id: string; held: string; blocked: string }>`
    with reduced as (
      select c.partner_id, c.license_id, bool_or(${blocked.is}) as is_blocked from commissions c ${blocked.join}
      where ${entries(account, asOf, partners)} and c.amount < 0 group by 1, 2),
    touched as materialized (
      select partner_id, coalesce(license_id, '') as license_id from reduced
      where is_blocked or (partner_id, license_id) in (${held})),
    summed as (
      select c.partner_id, ${license} as license_id, ${sums(amount, blocked.is, asOf)}
      from commissions c join touched t on t.partner_id = c.partner_id and t.license_id = ${license} ${join} ${blocked.join}
      where ${entries(account, asOf, partners)} group by 1, 2)
    select partner_id, license_id, greatest(-blocked, 0) as blocked,
      case when license_id = '' then 0 else least(held, greatest(reduced - free, 0)) end as held
    from summed`
  const { rows } = await uncompiled(db, () => ask.execute(db))
  return rows
    .map((row) => ({
      partnerId: row.partner_id,
      licenseId: row.license_id,
      held: BigInt(row.held),
      blocked: BigInt(row.blocked),
    }))
    .filter((row) => row.held > 0n || row.blocked > 0n)
}

/** What a partner's reductions take beyond all that their licences brought; those without licence whole. */
export async function looseReductions(
  db: Snapshot,
  account: Account,
  asOf: Date,
  partners: readonly string[],
): Promise<Map<string, bigint>> {
  if (partners.length === 0) return new Map()
  const { blocked, amount, join } = await entriesBy(db, account, asOf, partners)
  const ask = sql<{ partner_id: string; loose: string }>`
    select partner_id, sum(case when license_id = '' then reduced else greatest(reduced - free - held, 0) end) as loose
    from (select c.partner_id, ${license} as license_id, ${sums(amount, blocked.is, asOf)}
      from commissions c ${join} ${blocked.join} where ${entries(account, asOf, partners)} group by 1, 2) summed
    group by 1`
  const { rows } = await uncompiled(db, () => ask.execute(db))
  return new Map(rows.map((row) => [row.partner_id, BigInt(row.loose)]))
}

/** PostgreSQL would compile the query for each of the months: measured, half a second for one that takes a fifth of it. */
async function uncompiled<T>(db: Snapshot, work: () => Promise<T>): Promise<T> {
  const { rows } = await sql<{ jit: string }>`select current_setting('jit') as jit`.execute(db)
  await sql`select set_config('jit', 'off', true)`.execute(db)
  const result = await work()
  await sql`select set_config('jit', ${rows[0]?.jit ?? 'on'}, true)`.execute(db)
  return result
}

const license = sql`coalesce(c.license_id, '')`

const entries = (account: Account, asOf: Date, partners: PartnerIds, alias = 'c'): Sql =>
  sql`${ofAccount(account.accountId, partners, alias)} and ${isCommission(alias)} and ${before(column(alias, 'earned_at'), asOf)}`

async function entriesBy(db: Snapshot, account: Account, asOf: Date, partners: PartnerIds) {
  const where = entries(account, asOf, partners)
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where })
  return { blocked: await blockedEntries(db, account), amount, join }
}

/**
 * Of one licence: `free` and `held` what it brought that is available and that is not yet, `blocked` what is blocked of it,
 * `reduced` what its reductions take: those not blocked, and those marked blocked beyond what is blocked of it.
 */
function sums(amount: Sql, isBlocked: Sql, asOf: Date): Sql {
  const sum = (condition: Sql) => sql`coalesce(sum(${amount}) filter (where ${condition}), 0)`
  const brought = sql`c.amount > 0 and not ${isBlocked}`
  return sql`${sum(sql`${brought} and not ${isHeld(asOf)}`)} as free, ${sum(sql`${brought} and ${isHeld(asOf)}`)} as held,
    ${sum(isBlocked)} as blocked,
    greatest(-${sum(isBlocked)}, 0) - ${sum(sql`c.amount < 0 and not ${isBlocked}`)} as reduced`
}
