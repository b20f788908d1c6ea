import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Delivery } from './delivery.ts'

type RunKey = { readonly account_id: number; readonly id: string }

/**
 * A new delivery of what an earlier one said, to its address or to `to` (checked by the caller, who also says whether that is
 * a `copy` for somebody else). It is due at once when the statement has its files. Undefined where there is no such delivery.
 */
export async function insertResend(
  db: Database,
  resend: { deliveryId: string; to?: string | undefined; copy?: boolean; requestedBy: string; now: Date },
): Promise<Delivery | undefined> {
  const { rows } = await sql<Delivery>`
    insert into deliveries (account_id, run_id, statement_id, subject_kind, subject_id, address, resend_of, copy,
      requested_by, status, next_attempt_at, created_at)
    select d.account_id, d.run_id, d.statement_id, d.subject_kind, d.subject_id, coalesce(${resend.to ?? null}, d.address),
      d.id, ${resend.copy ?? null}::boolean is true or (${resend.to ?? null}::text is null and d.copy), ${resend.requestedBy}, 'pending', case when s.status = 'rendered' then ${resend.now}::timestamptz end,
      ${resend.now}::timestamptz
    from deliveries d join statements s on s.account_id = d.account_id and s.id = d.statement_id
    where d.id = ${resend.deliveryId}::uuid
    returning *`.execute(db)
  return rows[0]
}

/** Stops what of the run has not left (docs/definitions.md, Guarantees); how many that were. What is being sent at this moment ends by itself. */
export async function cancelDeliveries(db: Database, run: RunKey): Promise<number> {
  const { numAffectedRows } = await sql`
    update deliveries set next_attempt_at = null, status = case status when 'pending' then 'cancelled' else status end
    where account_id = ${run.account_id} and run_id = ${run.id}
      and (status = 'pending' or (status = 'unknown' and next_attempt_at is not null))`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
