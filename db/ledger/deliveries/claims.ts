import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import { CLOCK_SKEW, type Delivery, type DeliveryKey } from './delivery.ts'

/** A claimed delivery, and what its backoff needs to know. */
export interface Claim extends Delivery {
  /** Temporary failures since `first_attempt_at`. */
  readonly retries: number
  /** Attempts of which nobody knows whether the server took the mail. */
  readonly unknowns: number
  /** Whether an earlier attempt may have brought the mail to its server: what it said then, it says again to the byte. */
  readonly may_have_arrived: boolean
  readonly suppressed_by: string | null
  /** The partner has turned this report off since the statement was sealed (docs/definitions.md, Mails). A resend is somebody's own wish. */
  readonly unsubscribed: boolean
}

/** Who wants to send which delivery, and when. */
export interface ClaimRequest {
  readonly accountId: number
  readonly id: string
  readonly workerId: string
  readonly now: Date
}

/**
 * Takes the due ones for their askers, in one statement: of any number who ask for a delivery one gets it. Those that are
 * not due, not open, claimed by another or of a cancelled run are left out. What somebody else holds this moment is passed
 * over instead of waited for, so that two who ask for many never wait for each other. An attempt stands on the ledger
 * before its mail is sent.
 */
export async function claimDeliveries(db: Database, requests: readonly ClaimRequest[]): Promise<Claim[]> {
  const { rows } = await sql<Claim>`
    with asked as (
      select distinct on (account_id, id) * from unnest(
        ${requests.map(({ accountId }) => accountId)}::int[], ${requests.map(({ id }) => id)}::uuid[],
        ${requests.map(({ workerId }) => workerId)}::uuid[], ${requests.map(({ now }) => now)}::timestamptz[]
      ) as a (account_id, id, worker_id, now)),
    free as (
      select d.account_id, d.id, a.worker_id, a.now
      from asked a join deliveries d on d.account_id = a.account_id and d.id = a.id
      where d.status in ('pending', 'unknown') and d.next_attempt_at <= a.now + ${CLOCK_SKEW}::interval
        and (d.resend_of is not null or exists (select from runs r
          where r.account_id = d.account_id and r.id = d.run_id and r.status <> 'cancelled'))
      for no key update of d skip locked),
    claimed as (
      update deliveries d set status = 'sending', claimed_by = free.worker_id, attempts = attempts + 1,
        first_attempt_at = coalesce(first_attempt_at, free.now)
      from free where d.account_id = free.account_id and d.id = free.id
      returning d.*, free.now),
    noted as (
      insert into delivery_attempts (account_id, delivery_id, attempt, started_at)
      select account_id, id, attempts, now from claimed)
    select c.*, s.reply as suppressed_by,
      (select count(*)::int from delivery_attempts a where a.account_id = c.account_id and a.delivery_id = c.id
        and a.outcome = 'retry' and a.started_at >= c.first_attempt_at) as retries,
      (select count(*)::int from delivery_attempts a where a.account_id = c.account_id and a.delivery_id = c.id
        and a.outcome = 'unknown') as unknowns,
      exists (select from delivery_attempts a where a.account_id = c.account_id and a.delivery_id = c.id
        and a.attempt < c.attempts and (a.outcome is null or a.outcome in ('unknown', 'died', 'sent'))) as may_have_arrived,
      c.resend_of is null and c.subject_kind = 'partner' and exists (
        select from runs r join preferences f on f.account_id = r.account_id and f.topic = r.report and not f.wanted
        where r.account_id = c.account_id and r.id = c.run_id and f.partner_id = c.subject_id) as unsubscribed
    from claimed c left join suppressions s on s.address = lower(c.address)`.execute(db)
  return rows
}

/** A claim's mail: its bytes by their hash, and the Message-ID that every repeat uses again. */
export interface SavedMail {
  readonly claim: Pick<Claim, 'account_id' | 'id' | 'claimed_by' | 'attempts'>
  readonly messageId: string
  readonly sha256: string
}

/** Before the mails leave. Gives back the deliveries whose claims still hold. */
export async function saveMails(db: Database, mails: readonly SavedMail[]): Promise<DeliveryKey[]> {
  const { rows } = await sql<DeliveryKey>`
    update deliveries d set message_id = m.message_id, mail_sha256 = m.sha256, mail_removed_at = null
    from unnest(
      ${mails.map(({ claim }) => claim.account_id)}::int[], ${mails.map(({ claim }) => claim.id)}::uuid[],
      ${mails.map(({ claim }) => claim.claimed_by)}::uuid[], ${mails.map(({ claim }) => claim.attempts)}::int[],
      ${mails.map(({ messageId }) => messageId)}::text[], ${mails.map(({ sha256 }) => sha256)}::text[]
    ) as m (account_id, id, claimed_by, attempt, message_id, sha256)
    where d.account_id = m.account_id and d.id = m.id and d.status = 'sending' and d.claimed_by = m.claimed_by
      and d.attempts = m.attempt
    returning d.account_id, d.id`.execute(db)
  return rows
}

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
