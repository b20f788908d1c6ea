import type { Insertable, Selectable } from 'kysely'
import type { Database, Writer } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'

export type StatementRow = Selectable<Schema['statements']>
export type NewStatement = Insertable<Schema['statements']>
export type NewDelivery = Insertable<Schema['deliveries']>
export type StoredFile = Selectable<Schema['files']>
type RunKey = { account_id: number; id: string }

/** Statements, their streamed files and their deliveries, in the sealing transaction. */
export async function insertSealed(
  writer: Writer,
  sealed: {
    statements: readonly NewStatement[]
    files: readonly Insertable<Schema['files']>[]
    deliveries: readonly NewDelivery[]
  },
): Promise<void> {
  await insertAll(writer, 'statements', sealed.statements)
  await insertAll(writer, 'files', sealed.files)
  await insertAll(writer, 'deliveries', sealed.deliveries)
}

async function insertAll<T extends 'statements' | 'files' | 'deliveries'>(
  writer: Writer,
  table: T,
  rows: readonly Insertable<Schema[T]>[],
) {
  if (rows.length > 0)
    await writer
      .insertInto(table)
      .values(rows as never)
      .execute()
}

export function findStatement(db: Database, id: string): Promise<StatementRow | undefined> {
  return db.selectFrom('statements').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Statements of a run from an ordinal on, in their order. */
export function listRunStatements(
  db: Database,
  run: RunKey,
  { first, limit }: { first: number; limit: number },
): Promise<StatementRow[]> {
  return db
    .selectFrom('statements')
    .selectAll()
    .where('account_id', '=', run.account_id)
    .where('run_id', '=', run.id)
    .where('ordinal', '>=', first)
    .orderBy('ordinal')
    .limit(limit)
    .execute()
}

export function listFiles(db: Database, statement: { account_id: number; id: string }): Promise<StoredFile[]> {
  return db
    .selectFrom('files')
    .selectAll()
    .where('account_id', '=', statement.account_id)
    .where('statement_id', '=', statement.id)
    .orderBy('name')
    .execute()
}
