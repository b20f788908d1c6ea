import { type Insertable, type Selectable, sql } from 'kysely'
import type { Database, Writer } from '../client.ts'
import type { Schema } from '../schema.ts'

export type StatementRow = Selectable<Schema['statements']>
export type NewStatement = Insertable<Schema['statements']>
export type NewDelivery = Insertable<Schema['deliveries']>
export type StoredFile = Selectable<Schema['files']>
type RunKey = { account_id: number; id: string }

/** The statement that counts for a subject until a later revision replaces it. */
export interface Predecessor {
  readonly id: string
  readonly figuresSha256: string
  readonly revision: number
  /** Whether any revision of this report and period was ever mailed to the subject. */
  readonly mailed: boolean
}

/** The last statement of every subject of a report and period that has its files, by `kind:id`. */
export async function findPredecessors(
  db: Database,
  run: { account_id: number; report: string; period: string },
): Promise<Map<string, Predecessor>> {
  const { rows } = await sql<{
    subject: string
    id: string
    figures_sha256: string
    revision: number
    mailed: boolean
  }>`
    select distinct on (s.subject_kind, s.subject_id) s.subject_kind || ':' || s.subject_id as subject, s.id, s.figures_sha256,
      s.revision, exists (select from deliveries d join runs o on o.account_id = d.account_id and o.id = d.run_id
        where d.account_id = s.account_id and d.subject_kind = s.subject_kind and d.subject_id = s.subject_id
          and o.report = r.report and o.period = r.period and d.status <> 'cancelled') as mailed
    from runs r join statements s on s.account_id = r.account_id and s.run_id = r.id
    where r.account_id = ${run.account_id} and r.report = ${run.report} and r.period = ${run.period}
      and s.status = 'rendered'
    order by s.subject_kind, s.subject_id, s.revision desc`.execute(db)
  return new Map(
    rows.map((row) => [
      row.subject,
      { id: row.id, figuresSha256: row.figures_sha256, revision: row.revision, mailed: row.mailed },
    ]),
  )
}

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
