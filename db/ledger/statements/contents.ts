import type { Database } from '../../connection/client.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { listStatementDeliveries } from '../deliveries/lists.ts'
import type { StatementRow, StoredFile } from './statements.ts'

/** What a statement says: itself, or for one that stayed unchanged the earlier one that it repeats. */
export const contentIdOf = ({ id, status, replaces }: Pick<StatementRow, 'id' | 'status' | 'replaces'>): string =>
  status === 'unchanged' && replaces !== null ? replaces : id

/** Some statements of one account with all that belongs to them. */
export interface StatementParts {
  readonly contents: ReadonlyMap<string, StatementRow>
  readonly files: readonly StoredFile[]
  readonly deliveries: readonly Delivery[]
}

/** Files, deliveries (oldest first, resends included) and what unchanged ones repeat, with three queries. */
export async function listStatementParts(
  db: Database,
  accountId: number,
  statements: readonly StatementRow[],
): Promise<StatementParts> {
  if (statements.length === 0) return { contents: new Map(), files: [], deliveries: [] }
  const ids = [...new Set(statements.map(contentIdOf))]
  const contents = new Map(statements.map((row) => [row.id, row]))
  const repeated = ids.filter((id) => !contents.has(id))
  for (const row of await listByIds(db, accountId, repeated)) contents.set(row.id, row)
  const files = await db
    .selectFrom('files')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('statement_id', 'in', ids)
    .orderBy('name')
    .execute()
  return { contents, files, deliveries: await listStatementDeliveries(db, accountId, ids) }
}

async function listByIds(db: Database, accountId: number, ids: readonly string[]): Promise<StatementRow[]> {
  if (ids.length === 0) return []
  return db.selectFrom('statements').selectAll().where('account_id', '=', accountId).where('id', 'in', ids).execute()
}

/** A delivery of a statement whose mail was kept: the one named, whatever came of it, else the newest that was sent. */
export function findMail(
  db: Database,
  statement: { account_id: number; id: string },
  deliveryId?: string,
): Promise<Delivery | undefined> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('account_id', '=', statement.account_id)
    .where('statement_id', '=', statement.id)
    .where('mail_sha256', 'is not', null)
    .$if(deliveryId !== undefined, (query) => query.where('id', '=', deliveryId as string))
    .$if(deliveryId === undefined, (query) => query.where('status', '=', 'sent'))
    .orderBy('sent_at', (order) => order.desc().nullsLast())
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}
