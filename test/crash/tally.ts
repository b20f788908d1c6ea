import { sql } from 'kysely'
import type { Database } from '../../db/connection/client.ts'
import type { Run } from '../../db/ledger/runs/runs.ts'
import type { Mail } from './sink.ts'

/** What came out of a run, counted at the sink and on the ledger. */
export interface Tally {
  readonly mails: number
  /** The same mail once more: what a crash between the server's word and our commit may cause. */
  readonly repeats: number
  /** Partners whom nothing reached. */
  readonly losses: number
  /** Partners who got two mails that are not the same one. */
  readonly doubled: number
}

export async function tallyOf(db: Database, run: Run, mails: readonly Mail[]): Promise<Tally> {
  const ids = new Map<string, Set<string>>()
  for (const { to, messageId } of mails) ids.set(to, (ids.get(to) ?? new Set()).add(messageId))
  const { rows } = await sql<{ email: string }>`
    select email from partners where account_id = ${run.account_id} and send_monthly_summary`.execute(db)
  return {
    mails: mails.length,
    repeats: mails.length - new Set(mails.map((mail) => mail.messageId)).size,
    losses: rows.filter(({ email }) => !ids.has(email)).length,
    doubled: [...ids.values()].filter((different) => different.size > 1).length,
  }
}

/** Every statement's hash and those of its files, by subject: what must not depend on who was killed when. */
export async function hashesOf(db: Database, run: Run): Promise<Map<string, string>> {
  const { rows } = await sql<{ subject_id: string; hashes: string }>`
    select s.subject_id, s.sha256 || ' ' || string_agg(f.sha256, ' ' order by f.name) as hashes
    from statements s join files f on f.account_id = s.account_id and f.statement_id = s.id
    where s.account_id = ${run.account_id} and s.run_id = ${run.id} and s.status = 'rendered'
    group by s.subject_id, s.sha256`.execute(db)
  return new Map(rows.map((row) => [row.subject_id, row.hashes]))
}
