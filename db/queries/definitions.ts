import { type RawBuilder, sql } from 'kysely'

/**
 * The words of docs/definitions.md as SQL, each said once. `alias` is the table's name in the query around it; instants come in as
 * arguments and are bound, so that no figure asks what time it is.
 */
export type Sql = RawBuilder<unknown>

/** A half-open stretch of time: an instant `t` is in it when `from <= t < to`. */
export interface Span {
  readonly from: Date
  readonly to: Date
}

/** Of which partners; undefined is everyone of the account. */
export type PartnerIds = readonly string[] | undefined

export const column = (alias: string, name: string): Sql => sql.ref(`${alias}.${name}`)

/** Rows of the account, and only of these partners where some are named. Every query starts with it. */
export function ofAccount(accountId: number, partners: PartnerIds, alias: string): Sql {
  const account = sql`${column(alias, 'account_id')} = ${accountId}`
  return partners ? sql`${account} and ${column(alias, 'partner_id')} = any(${[...partners]}::text[])` : account
}

/** `from <= t < to`; null is in no period. */
export const inPeriod = (instant: Sql, { from, to }: Span): Sql => sql`(${instant} >= ${from} and ${instant} < ${to})`

/** By then: what happened before the instant, so that the end of one period is the start of the next. */
export const before = (instant: Sql, then: Date): Sql => sql`${instant} < ${then}`

/** What a partner earned: kind commission, referral, refund or adjustment. */
export const isCommission = (alias = 'c'): Sql => sql`${column(alias, 'kind')} <> 'discount'`

/** What a solution partner saved; never owed. */
export const isDiscount = (alias = 'c'): Sql => sql`${column(alias, 'kind')} = 'discount'`

/** Commission that a partner has from partners it referred. */
export const isReferral = (alias = 'c'): Sql =>
  sql`(${isCommission(alias)} and (${column(alias, 'kind')} = 'referral' or ${column(alias, 'referred_partner_id')} is not null))`

/** Not yet available at `asOf`, where the entry is not blocked. */
export const isHeld = (asOf: Date, alias = 'c'): Sql => sql`${column(alias, 'available_at')} > ${asOf}`

/** A withdrawal that takes from the balance. Its present status counts: only so closing − opening = earned − withdrawn. */
export const isWithdrawn = (alias = 'w'): Sql => sql`${column(alias, 'status')} <> 'rejected'`

/** A withdrawal that was waiting for an answer at `asOf`, whatever the answer was later. */
export function isOpenWithdrawal(asOf: Date, alias = 'w'): Sql {
  const answered = sql`coalesce(${column(alias, 'acted_at')}, ${column(alias, 'requested_at')}) < ${asOf}`
  return sql`(${column(alias, 'requested_at')} < ${asOf} and (${column(alias, 'status')} = 'pending' or not ${answered}))`
}

/** `expired` if it ended by the instant, else `paid` if it had converted, else `trial`. */
export const licenseStatus = (asOf: Date, alias = 'l'): RawBuilder<'expired' | 'paid' | 'trial'> => sql`case
  when ${column(alias, 'expires_at')} <= ${asOf} then 'expired'
  when ${column(alias, 'converted_at')} <= ${asOf} then 'paid'
  else 'trial' end`

/** An affiliate licence counts as a trial when it is created, as a conversion when it converts. */
export const isTrial = (span: Span, alias = 'l'): Sql =>
  sql`(${column(alias, 'program')} = 'affiliate' and ${inPeriod(column(alias, 'created_at'), span)})`
export const isConversion = (span: Span, alias = 'l'): Sql =>
  sql`(${column(alias, 'program')} = 'affiliate' and ${inPeriod(column(alias, 'converted_at'), span)})`

/** Billing details are complete when everything a payout needs is there; whether PayPal pays that receiver, `payPalReceiver` says. */
export const hasBilling = (alias = 'b'): Sql =>
  sql`coalesce(${sql.join(
    ['type', 'company', 'address', 'city', 'country', 'paypal'].map((name) => sql`btrim(${column(alias, name)}) <> ''`),
    sql` and `,
  )}, false)`
