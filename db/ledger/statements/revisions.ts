import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'

/** A statement of the same subject, report and period in one of its runs. */
interface Revision {
  readonly id: string
  readonly run_id: string
  readonly revision: number
  readonly status: string
  readonly created_at: Date
}

/** Every revision a subject has of a statement's report and period, oldest first, the statement's own included. */
export async function listRevisions(
  db: Database,
  statement: { readonly account_id: number; readonly id: string },
): Promise<Revision[]> {
  const { rows } = await sql<Revision>`
    select s.id, s.run_id, s.revision, s.status, s.created_at
    from statements mine
    join runs r on r.account_id = mine.account_id and r.id = mine.run_id
    join runs o on o.account_id = r.account_id and o.report = r.report and o.period = r.period
    join statements s on s.account_id = o.account_id and s.run_id = o.id
      and s.subject_kind = mine.subject_kind and s.subject_id = mine.subject_id
    where mine.account_id = ${statement.account_id} and mine.id = ${statement.id}::uuid
    order by s.revision`.execute(db)
  return rows
}
