import { sql } from 'kysely'
import type { Database } from '../client.ts'
import type { Delivery, DeliveryKey } from './deliveries.ts'
import { overtaken } from './overtaken.ts'

type RunKey = { readonly account_id: number; readonly id: string }

/**
 * A new delivery of what an earlier one said, to its address or to `to` (checked by the caller). It is due at once when
 * the statement has its files. Undefined where there is no such delivery.
 */
export async function insertResend(
  db: Database,
  resend: { deliveryId: string; to?: string | undefined; requestedBy: string; now: Date },
): Promise<Delivery | undefined> {
  const { rows } = await sql<Delivery>`
    insert into deliveries (account_id, run_id, statement_id, subject_kind, subject_id, address, resend_of, requested_by,
      status, next_attempt_at, created_at)
    select d.account_id, d.run_id, d.statement_id, d.subject_kind, d.subject_id, coalesce(${resend.to ?? null}, d.address),
      d.id, ${resend.requestedBy}, 'pending', case when s.status = 'rendered' then ${resend.now}::timestamptz end,
      ${resend.now}::timestamptz
    from deliveries d join statements s on s.account_id = d.account_id and s.id = d.statement_id
    where d.id = ${resend.deliveryId}::uuid
    returning *`.execute(db)
  return rows[0]
}

/** Stops what of the run has not left (SPEC 6.8); how many that were. What is being sent at this moment ends by itself. */
export async function cancelDeliveries(db: Database, run: RunKey): Promise<number> {
  const { numAffectedRows } = await sql`
    update deliveries set next_attempt_at = null, status = case status when 'pending' then 'cancelled' else status end
    where account_id = ${run.account_id} and run_id = ${run.id}
      and (status = 'pending' or (status = 'unknown' and next_attempt_at is not null))`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/**
 * Takes up the run's failed deliveries, and the suppressed ones whose address no longer is; a failed one to an address
 * that still is suppressed stays, and so does what a later revision says anew. Their 24 hours start anew. Gives back those whose statement has its files.
 */
export async function retryDeliveries(db: Database, run: RunKey, now: Date): Promise<DeliveryKey[]> {
  const { rows } = await sql<DeliveryKey & { due: boolean }>`
    update deliveries d set status = 'pending', reply = null, first_attempt_at = null,
      next_attempt_at = case when s.status = 'rendered' then ${now}::timestamptz end
    from statements s, runs r
    where d.account_id = ${run.account_id} and d.run_id = ${run.id} and d.resend_of is null
      and r.account_id = d.account_id and r.id = d.run_id and not ${overtaken}
      and s.account_id = d.account_id and s.id = d.statement_id and s.status <> 'cancelled'
      and d.status in ('failed', 'suppressed')
      and not exists (select from suppressions u where u.address = lower(d.address))
    returning d.account_id, d.id, s.status = 'rendered' as due`.execute(db)
  return rows.filter((row) => row.due).map(({ account_id, id }) => ({ account_id, id }))
}
