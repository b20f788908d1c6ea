import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { DeliveryStatus } from '../../values/statuses.ts'
import type { Claim } from './claims.ts'
import { cancelled, type Delivery, type DeliveryKey } from './delivery.ts'

/** How an attempt ended. */
export interface Settlement {
  readonly status: Exclude<DeliveryStatus, 'sending'>
  /** What the attempt is called in its history. */
  readonly outcome:
    | 'sent'
    | 'retry'
    | 'refused'
    | 'unknown'
    | 'misconfigured'
    | 'slowed'
    | 'doubtful'
    | 'suppressed'
    | 'unsubscribed'
  readonly reply: string
  readonly nextAttemptAt: Date | null
  /** The 24 hours start anew: the attempt never reached a server that could say no. */
  readonly restartWindow?: boolean
  /** The address is refused for good and gets no more mail, of nobody. */
  readonly suppress?: boolean
}

/** A claim and what became of its mail. */
export interface Settled {
  readonly claim: Pick<Claim, 'account_id' | 'id' | 'claimed_by' | 'attempts'>
  readonly settlement: Settlement
  readonly now: Date
}

/** Where a delivery stands. */
export type Standing = DeliveryKey & Pick<Delivery, 'status' | 'next_attempt_at'>

/**
 * Writes outcomes, in one statement, each only while its claim still holds or was taken from its worker for dead and
 * nobody has claimed the delivery since; the others are left out. What would be tried again after its run was cancelled is
 * closed instead. A mail that reached its subject makes good what had failed to: of the same statement, to the same address or,
 * as a partner has one, to another. Gives back where the deliveries now stand.
 */
export async function settleDeliveries(db: Database, ended: readonly Settled[]): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    with outcomes as (select * from ${outcomesOf(ended)}),
    settled as (
      update deliveries d set claimed_by = null, reply = o.reply,
        status = case when ${cancelled} and o.status = 'pending' then 'cancelled' else o.status end,
        next_attempt_at = case when ${cancelled} then null else o.next_attempt_at end,
        first_attempt_at = case when o.restart_window then null else first_attempt_at end,
        sent_at = case when o.status = 'sent' then o.now else sent_at end
      from outcomes o
      where d.account_id = o.account_id and d.id = o.id and d.attempts = o.attempt
        and (d.status = 'sending' and d.claimed_by = o.claimed_by or d.claimed_by is null and ${takenForDead})
      returning d.account_id, d.id, d.address, d.status, d.next_attempt_at, d.statement_id, d.resend_of, d.copy, o.attempt,
        o.outcome, o.reply, o.now, o.suppress),
    repaired as (
      update deliveries b set status = 'cancelled', replaced_by = s.id,
        reply = 'sent after all as delivery ' || s.id || coalesce('; before: ' || b.reply, '')
      from settled s
      where s.status = 'sent' and not s.copy and ${madeGood}),
    noted as (
      update delivery_attempts a set ended_at = s.now, outcome = s.outcome, reply = s.reply
      from settled s where a.account_id = s.account_id and a.delivery_id = s.id and a.attempt = s.attempt),
    suppressed as (
      insert into suppressions (address, reply, delivery_id, created_at)
      select lower(address), reply, id, now from settled where suppress order by 1
      on conflict do nothing)
    select account_id, id, status, next_attempt_at from settled`.execute(db)
  return rows
}

const outcomesOf = (ended: readonly Settled[]) => sql`unnest(
    ${ended.map(({ claim }) => claim.account_id)}::int[], ${ended.map(({ claim }) => claim.id)}::uuid[],
    ${ended.map(({ claim }) => claim.claimed_by)}::uuid[], ${ended.map(({ claim }) => claim.attempts)}::int[],
    ${ended.map(({ settlement }) => settlement.status)}::text[],
    ${ended.map(({ settlement }) => settlement.outcome)}::text[],
    ${ended.map(({ settlement }) => settlement.reply)}::text[],
    ${ended.map(({ settlement }) => settlement.nextAttemptAt)}::timestamptz[],
    ${ended.map(({ settlement }) => settlement.restartWindow ?? false)}::boolean[],
    ${ended.map(({ settlement }) => settlement.suppress ?? false)}::boolean[],
    ${ended.map(({ now }) => now)}::timestamptz[]
  ) as e (account_id, id, claimed_by, attempt, status, outcome, reply, next_attempt_at, restart_window, suppress, now)`

/** Of a delivery `b` that ended without a mail, and a sent one `s`; not of one that ends in this very statement. */
const madeGood = sql<boolean>`b.account_id = s.account_id and b.statement_id = s.statement_id and b.id <> s.id and not b.copy
  and (b.status in ('failed', 'suppressed') or b.status = 'unknown' and b.next_attempt_at is null)
  and (b.id = s.resend_of or lower(b.address) = lower(s.address) or b.subject_kind = 'partner')
  and not exists (select from outcomes e where e.account_id = b.account_id and e.id = b.id)`

/** Of a delivery `d`: its last attempt was given up because its worker was silent. */
const takenForDead = sql<boolean>`exists (select from delivery_attempts a where a.account_id = d.account_id
  and a.delivery_id = d.id and a.attempt = d.attempts and a.outcome = 'died')`
