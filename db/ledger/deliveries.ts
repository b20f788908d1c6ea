import { type Selectable, sql } from 'kysely'
import type { Database } from '../client.ts'
import type { Schema } from '../schema.ts'

export { findDelivery, listAttempts, listDeliveries, listStatementDeliveries } from './delivery-lists.ts'
export { cancelDeliveries, insertResend, retryDeliveries } from './delivery-requests.ts'
export { releaseDeadClaims } from './lost-claims.ts'

export type Delivery = Selectable<Schema['deliveries']>
export type DeliveryStatus = 'pending' | 'sending' | 'sent' | 'unknown' | 'failed' | 'suppressed' | 'cancelled'
export interface DeliveryKey {
  readonly account_id: number
  readonly id: string
}

/** A claimed delivery, and what its backoff needs to know. */
export interface Claim extends Delivery {
  /** Temporary failures since `first_attempt_at`. */
  readonly retries: number
  /** Attempts of which nobody knows whether the server took the mail. */
  readonly unknowns: number
  readonly suppressed_by: string | null
  /** The partner has turned this report off since the statement was sealed (SPEC 9). A resend is somebody's own wish. */
  readonly unsubscribed: boolean
}

/** Machines' clocks differ a little: what one has just made due must not look early to the next. */
const CLOCK_SKEW = '2 seconds'

/**
 * Takes a due delivery for this worker, in one statement: of any number of askers one gets it. Undefined when it is not
 * due, not open, claimed by another, or of a cancelled run. An attempt stands on the ledger before its mail is sent.
 */
export async function claimDelivery(
  db: Database,
  claim: { accountId: number; id: string; workerId: string; now: Date },
): Promise<Claim | undefined> {
  const { rows } = await sql<Claim>`
    with claimed as (
      update deliveries d set status = 'sending', claimed_by = ${claim.workerId}::uuid, attempts = attempts + 1,
        first_attempt_at = coalesce(first_attempt_at, ${claim.now}::timestamptz)
      where account_id = ${claim.accountId} and id = ${claim.id}::uuid and status in ('pending', 'unknown')
        and next_attempt_at <= ${claim.now}::timestamptz + ${CLOCK_SKEW}::interval
        and (resend_of is not null or exists (select from runs r
          where r.account_id = d.account_id and r.id = d.run_id and r.status <> 'cancelled'))
      returning *),
    noted as (
      insert into delivery_attempts (account_id, delivery_id, attempt, started_at)
      select account_id, id, attempts, ${claim.now}::timestamptz from claimed)
    select c.*, s.reply as suppressed_by,
      (select count(*)::int from delivery_attempts a where a.account_id = c.account_id and a.delivery_id = c.id
        and a.outcome = 'retry' and a.started_at >= c.first_attempt_at) as retries,
      (select count(*)::int from delivery_attempts a where a.account_id = c.account_id and a.delivery_id = c.id
        and a.outcome = 'unknown') as unknowns,
      c.resend_of is null and c.subject_kind = 'partner' and exists (
        select from runs r join preferences f on f.account_id = r.account_id and f.topic = r.report and not f.wanted
        where r.account_id = c.account_id and r.id = c.run_id and f.partner_id = c.subject_id) as unsubscribed
    from claimed c left join suppressions s on s.address = lower(c.address)`.execute(db)
  return rows[0]
}

/** Before the mail leaves: its bytes and its Message-ID, which every repeat uses again. False when the claim is lost. */
export async function saveMail(
  db: Database,
  claim: Pick<Claim, 'account_id' | 'id' | 'claimed_by'>,
  mail: { messageId: string; sha256: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({ message_id: mail.messageId, mail_sha256: mail.sha256, mail_removed_at: null })
    .where('account_id', '=', claim.account_id)
    .where('id', '=', claim.id)
    .where('status', '=', 'sending')
    .where('claimed_by', '=', claim.claimed_by)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** How an attempt ended. */
export interface Settlement {
  readonly status: Exclude<DeliveryStatus, 'sending'>
  /** What the attempt is called in its history. */
  readonly outcome: 'sent' | 'retry' | 'refused' | 'unknown' | 'misconfigured' | 'suppressed' | 'unsubscribed'
  readonly reply: string
  readonly nextAttemptAt: Date | null
  /** The 24 hours start anew: the attempt never reached a server that could say no. */
  readonly restartWindow?: boolean
  /** The address is refused for good and gets no more mail, of nobody. */
  readonly suppress?: boolean
}

/**
 * Writes the outcome, in one statement, only while the claim is still this worker's, or was taken from it for dead and
 * nobody has claimed the delivery since; undefined otherwise. What would be tried again after its run was cancelled is
 * closed instead. Gives back where the delivery now stands.
 */
export async function settleDelivery(
  db: Database,
  claim: Pick<Claim, 'account_id' | 'id' | 'claimed_by' | 'attempts'>,
  settlement: Settlement,
  now: Date,
): Promise<Pick<Delivery, 'status' | 'next_attempt_at'> | undefined> {
  const { status, outcome, reply, nextAttemptAt } = settlement
  const { rows } = await sql<Pick<Delivery, 'status' | 'next_attempt_at'>>`
    with settled as (
      update deliveries d set claimed_by = null, reply = ${reply},
        status = case when ${cancelled} and ${status} = 'pending' then 'cancelled' else ${status} end,
        next_attempt_at = case when ${cancelled} then null else ${nextAttemptAt}::timestamptz end,
        first_attempt_at = case when ${settlement.restartWindow ?? false}::boolean then null else first_attempt_at end,
        sent_at = case when ${status} = 'sent' then ${now}::timestamptz else sent_at end
      where account_id = ${claim.account_id} and id = ${claim.id} and attempts = ${claim.attempts}
        and (status = 'sending' and claimed_by = ${claim.claimed_by} or claimed_by is null and ${takenForDead})
      returning account_id, id, address, status, next_attempt_at),
    noted as (
      update delivery_attempts a set ended_at = ${now}::timestamptz, outcome = ${outcome}, reply = ${reply}
      from settled s where a.account_id = s.account_id and a.delivery_id = s.id and a.attempt = ${claim.attempts}),
    suppressed as (
      insert into suppressions (address, reply, delivery_id, created_at)
      select lower(address), ${reply}, id, ${now}::timestamptz from settled where ${settlement.suppress ?? false}::boolean
      on conflict do nothing)
    select status, next_attempt_at from settled`.execute(db)
  return rows[0]
}

/** Of a delivery `d`: its last attempt was given up because its worker was silent. */
const takenForDead = sql<boolean>`exists (select from delivery_attempts a where a.account_id = d.account_id
  and a.delivery_id = d.id and a.attempt = d.attempts and a.outcome = 'died')`

/** A delivery that waits for its attempt, and since or until when: together the identity of its job. */
export interface DueDelivery extends DeliveryKey {
  readonly due: Date
}

/** Deliveries that are due at `now`, longest due first: what the sweeper queues again when their jobs are gone. */
export function listOpenDeliveries(
  db: Database,
  now: Date,
  { runId, limit = 10_000 }: { runId?: string; limit?: number } = {},
): Promise<DueDelivery[]> {
  return db
    .selectFrom('deliveries')
    .select(['account_id', 'id', 'next_attempt_at as due'])
    .where('status', 'in', ['pending', 'unknown'])
    .where('next_attempt_at', '<=', now)
    .$if(runId !== undefined, (query) => query.where('run_id', '=', runId as string))
    .orderBy('next_attempt_at')
    .limit(limit)
    .$narrowType<{ due: Date }>()
    .execute()
}

/** Of a delivery `d`: its run was cancelled. */
export const cancelled = sql<boolean>`(d.resend_of is null and exists (select from runs r
  where r.account_id = d.account_id and r.id = d.run_id and r.status = 'cancelled'))`
