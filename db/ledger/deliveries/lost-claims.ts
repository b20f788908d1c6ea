import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import { cancelled, type Delivery, type DeliveryKey } from './delivery.ts'

/**
 * Deliveries claimed by a process that no longer lives go back, due as they were but for a moment: their jobs are then others
 * than those that the dead process may still hold in the queue. The Message-ID stays (docs/definitions.md, Guarantees). Those of a cancelled run end
 * `unknown`: nobody can say whether the mail left. `self` is never taken for dead.
 */
export function releaseDeadClaims(db: Database, self: string | null = null): Promise<DeliveryKey[]> {
  const isDead = sql<boolean>`claimed_by is distinct from ${self}::uuid and not exists (
    select from workers w where w.id = d.claimed_by and w.seen_at > clock_timestamp() - interval '20 seconds')`
  return release(db, isDead, 'the process that was sending it died')
}

type HeldClaim = Pick<Delivery, 'account_id' | 'id' | 'attempts'>

/** What a worker holds by the ledger. */
export function listClaims(db: Database, workerId: string): Promise<HeldClaim[]> {
  return db
    .selectFrom('deliveries')
    .select(['account_id', 'id', 'attempts'])
    .where('status', '=', 'sending')
    .where('claimed_by', '=', workerId)
    .execute()
}

/** Whether nobody has taken a claim for dead. */
export async function isHeld(db: Database, claim: Pick<Delivery, 'account_id' | 'id' | 'attempts' | 'claimed_by'>) {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where('account_id', '=', claim.account_id)
    .where('id', '=', claim.id)
    .where('status', '=', 'sending')
    .where('claimed_by', '=', claim.claimed_by)
    .where('attempts', '=', claim.attempts)
    .executeTakeFirst()
  return row !== undefined
}

/** The same for claims that their living worker has lost sight of; each only while it stands as it was seen. */
export async function releaseOwnClaims(db: Database, workerId: string, claims: readonly HeldClaim[]): Promise<void> {
  for (const { account_id, id, attempts } of claims) {
    const isIt = sql<boolean>`claimed_by = ${workerId}::uuid and account_id = ${account_id} and id = ${id}::uuid
      and attempts = ${attempts}`
    await release(db, isIt, 'what became of it was lost with the database connection')
  }
}

async function release(db: Database, which: RawBuilder<boolean>, reply: string): Promise<DeliveryKey[]> {
  const { rows } = await sql<DeliveryKey>`
    with released as (
      update deliveries d set claimed_by = null, reply = ${reply},
        status = case when ${cancelled} then 'unknown' else 'pending' end,
        next_attempt_at = case when ${cancelled} then null else next_attempt_at + interval '1 ms' end
      where status = 'sending' and ${which}
      returning account_id, id, attempts, status),
    noted as (
      update delivery_attempts a set ended_at = clock_timestamp(), outcome = 'died' from released r
      where a.account_id = r.account_id and a.delivery_id = r.id and a.attempt = r.attempts)
    select account_id, id from released where status = 'pending'`.execute(db)
  return rows
}
