import { type Insertable, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'
import type { StatementRow } from './statements.ts'

type RunKey = { account_id: number; id: string }

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
