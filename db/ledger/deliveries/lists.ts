import { type Selectable, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'
import { partOf } from '../../values/like.ts'
import type { DeliveryStatus } from '../../values/statuses.ts'
import type { Delivery } from './delivery.ts'

export function findDelivery(db: Database, id: string): Promise<Delivery | undefined> {
  return db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A delivery as a list shows it: of which report and period, to whom. */
interface FoundDelivery extends Delivery {
  readonly report: string
  readonly period: string
  readonly revision: number
  /** The subject's name of today; null for a partner that is gone. */
  readonly name: string | null
}

interface DeliverySearch {
  readonly status?: DeliveryStatus | undefined
  readonly runId?: string | undefined
  /** With a run's id it lets the ledger find its rows at once. */
  readonly accountId?: number | undefined
  /** Part of an address, of a name or of an id, in any case. */
  readonly text?: string | undefined
  /** The last row of the page before. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined
  readonly limit: number
}

/** Newest first; the pages are stable while deliveries are added. */
export async function searchDeliveries(db: Database, search: DeliverySearch): Promise<FoundDelivery[]> {
  const { status, runId, accountId, text, after, limit } = search
  const part = text === undefined ? undefined : partOf(text)
  const { rows } = await sql<FoundDelivery>`
    select d.*, r.report, r.period, r.revision, coalesce(p.name, case when d.subject_kind <> 'partner' then a.name end) as name
    from deliveries d
    join runs r on r.account_id = d.account_id and r.id = d.run_id
    join accounts a on a.account_id = d.account_id
    left join partners p on p.account_id = d.account_id and d.subject_kind = 'partner' and p.partner_id = d.subject_id
    where ${status === undefined ? sql`true` : sql`d.status = ${status}`}
      and ${accountId === undefined ? sql`true` : sql`d.account_id = ${accountId}`}
      and ${runId === undefined ? sql`true` : sql`d.run_id = ${runId}::uuid`}
      and ${part === undefined ? sql`true` : sql`(d.address ilike ${part} or d.subject_id ilike ${part} or p.name ilike ${part})`}
      and ${after === undefined ? sql`true` : sql`(d.created_at, d.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`}
    order by d.created_at desc, d.id desc limit ${limit}`.execute(db)
  return rows
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
