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

/** The sealed statements of one chunk that have no files yet, in their order. */
export function listToRender(db: Database, run: RunKey, first: number, size: number): Promise<StatementRow[]> {
  return db
    .selectFrom('statements')
    .selectAll()
    .where('account_id', '=', run.account_id)
    .where('run_id', '=', run.id)
    .where('status', '=', 'sealed')
    .where('ordinal', '>=', first)
    .where('ordinal', '<', first + size)
    .orderBy('ordinal')
    .execute()
}

/** First ordinals of the chunks that still hold a statement without files. */
export async function listChunksToRender(db: Database, run: RunKey, size: number): Promise<number[]> {
  const { rows } = await sql<{ first: number }>`
    select distinct ordinal / ${size}::int * ${size}::int as first from statements
    where account_id = ${run.account_id} and run_id = ${run.id} and status = 'sealed' order by 1`.execute(db)
  return rows.map((row) => row.first)
}

/** A statement whose files are stored. */
export interface Rendered {
  readonly id: string
  readonly files: readonly Insertable<Schema['files']>[]
}

/**
 * These statements have their files: from now on their deliveries are due. Rendering twice is harmless, for the same
 * sealed data gives the same bytes. Returns the deliveries to queue; none of a statement that another worker was first
 * with or whose run is cancelled.
 */
export async function markRendered(
  db: Database,
  accountId: number,
  rendered: readonly Rendered[],
  now: Date,
): Promise<string[]> {
  if (rendered.length === 0) return []
  return db.transaction().execute(async (writer) => {
    const marked = await writer
      .updateTable('statements')
      .set({ status: 'rendered', rendered_at: now, error: null })
      .where('account_id', '=', accountId)
      .where(
        'id',
        'in',
        rendered.map(({ id }) => id),
      )
      .where('status', '=', 'sealed')
      .returning('id')
      .execute()
    const ids = new Set(marked.map(({ id }) => id))
    if (ids.size === 0) return []
    const files = rendered.filter(({ id }) => ids.has(id)).flatMap((one) => one.files)
    if (files.length > 0) {
      await writer
        .insertInto('files')
        .values(files)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    const due = await writer
      .updateTable('deliveries')
      .set({ next_attempt_at: now })
      .where('account_id', '=', accountId)
      .where('statement_id', 'in', [...ids])
      .where('status', '=', 'pending')
      .where('next_attempt_at', 'is', null)
      .returning('id')
      .execute()
    return due.map((row) => row.id)
  })
}

/** The statement could not be rendered or stored: it and its deliveries fail, the others go on; `retry` takes it up. */
export async function failStatement(
  db: Database,
  statement: { account_id: number; id: string },
  error: string,
): Promise<void> {
  await db.transaction().execute(async (writer) => {
    await writer
      .updateTable('statements')
      .set({ status: 'failed', error })
      .where('account_id', '=', statement.account_id)
      .where('id', '=', statement.id)
      .where('status', '=', 'sealed')
      .execute()
    await writer
      .updateTable('deliveries')
      .set({ status: 'failed', reply: `not sent: ${error}` })
      .where('account_id', '=', statement.account_id)
      .where('statement_id', '=', statement.id)
      .where('status', '=', 'pending')
      .where('next_attempt_at', 'is', null)
      .execute()
  })
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
