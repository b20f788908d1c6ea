import { type Selectable, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'
import type { DeliveryStatus } from '../../values/statuses.ts'
import type { Delivery } from './delivery.ts'

export function findDelivery(db: Database, id: string): Promise<Delivery | undefined> {
  return db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
}

interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined
  readonly runId?: string | undefined
  /** With a run's id it lets the ledger find its rows at once. */
  readonly accountId?: number | undefined
  readonly limit: number
  /** The last row of the page before. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined
}

/** Newest first; the pages are stable while deliveries are added. */
export function listDeliveries(
  db: Database,
  { status, runId, accountId, limit, after }: DeliveryFilter,
): Promise<Delivery[]> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .$if(status !== undefined, (query) => query.where('status', '=', status as string))
    .$if(accountId !== undefined, (query) => query.where('account_id', '=', accountId as number))
    .$if(runId !== undefined, (query) => query.where('run_id', '=', runId as string))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.createdAt}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Every delivery of some statements, oldest first, resends included. */
export async function listStatementDeliveries(
  db: Database,
  accountId: number,
  statementIds: readonly string[],
): Promise<Delivery[]> {
  if (statementIds.length === 0) return []
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('statement_id', 'in', statementIds)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** The whole history of a delivery. */
export function listAttempts(
  db: Database,
  delivery: { account_id: number; id: string },
): Promise<Selectable<Schema['delivery_attempts']>[]> {
  return db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('account_id', '=', delivery.account_id)
    .where('delivery_id', '=', delivery.id)
    .orderBy('attempt')
    .execute()
}
