import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'

/** What a mail is made of, beside its delivery: all of it was on the ledger before the delivery was. */
export interface MailInput {
  /** Canonical JSON. */
  readonly sealed: string
  readonly sha256: string
  readonly report: string
  /** The one who reads it: the partner's locale, else the account's. */
  readonly locale: string
  readonly reply_to: string | null
  readonly brand_color: string | null
  readonly files: readonly LetterFile[]
}

/** `size` in bytes. */
export interface LetterFile {
  readonly name: string
  readonly type: string
  readonly size: number
  readonly rows: number | null
  readonly sha256: string
  /** Whether retention has taken its bytes away. */
  readonly removed: boolean
}

export interface MailInputKey {
  readonly account_id: number
  readonly statement_id: string
}

/** Of each statement that says something, once. The PDF comes first among its files, then by name. */
export async function listMailInputs(
  db: Database,
  statements: readonly MailInputKey[],
): Promise<(MailInput & MailInputKey)[]> {
  const { rows } = await sql<MailInput & MailInputKey>`
    with asked as (select distinct * from unnest(
      ${statements.map(({ account_id }) => account_id)}::int[],
      ${statements.map(({ statement_id }) => statement_id)}::uuid[]) as a (account_id, statement_id))
    select s.account_id, s.id as statement_id, s.sealed, s.sha256, r.report, coalesce(p.locale, a.locale) as locale, a.reply_to,
      a.brand_color, coalesce((
        select json_agg(json_build_object('name', name, 'type', type, 'size', size, 'rows', rows, 'sha256', sha256,
          'removed', removed_at is not null)
          order by type <> 'application/pdf', name collate "C")
        from files f where f.account_id = s.account_id and f.statement_id = s.id), '[]') as files
    from asked
    join statements s on s.account_id = asked.account_id and s.id = asked.statement_id
    join runs r on r.account_id = s.account_id and r.id = s.run_id
    join accounts a on a.account_id = s.account_id
    left join partners p on p.account_id = s.account_id and s.subject_kind = 'partner' and p.partner_id = s.subject_id
    where s.sealed is not null`.execute(db)
  return rows
}
