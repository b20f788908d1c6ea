import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'

/** A sealed statement, as far as a later revision has to know it. */
export interface StatementRef {
  readonly id: string
  readonly revision: number
  readonly sha256: string
  readonly figuresSha256: string
  /** The statement that it revises for its reader. */
  readonly replaces: string | null
}

/** What a subject has of a report and period when a revision of it is made. */
export interface Standing {
  readonly kind: string
  readonly id: string
  /** The subject's name of today; where it is gone, the one that it had last. */
  readonly name: string
  /** Whether there is no such partner or funnel any more. */
  readonly isGone: boolean
  /** What the last revision that said anything to the subject says, whether or not it was mailed. */
  readonly current: StatementRef
  readonly readers: readonly Reader[]
}

/**
 * Who reads the statement. A partner is one reader, whatever its address was; of an account's or a funnel's statement
 * each address is one.
 */
export interface Reader {
  /** As it was last tried. */
  readonly address: string
  /** The statement of the highest revision that was mailed here; undefined where nothing was, but for lack of trying. */
  readonly told: StatementRef | undefined
  /** False where a server may have it, and nobody knows. */
  readonly sure: boolean
}

/** A run is one. */
export interface StandingsOf {
  readonly account_id: number
  readonly report: string
  readonly period: string
  /** Only these; null and undefined are everyone. */
  readonly partners?: readonly string[] | null | undefined
}

export const subjectKey = (kind: string, id: string): string => `${kind}:${id}`

/** By `subjectKey`: every subject that has a statement of the report and period with its files. */
export async function findStandings(db: Database, of: StandingsOf): Promise<Map<string, Standing>> {
  const readers = await findReaders(db, of)
  const { rows } = await sql<StatementRow & { name: string; is_gone: boolean }>`
    select distinct on (s.subject_kind, s.subject_id) s.subject_kind, s.subject_id, ${columns},
      p.partner_id is null and f.funnel_id is null and s.subject_kind <> 'account' as is_gone,
      coalesce(p.name, f.name, c.sealed::jsonb #>> '{subject,name}', s.subject_id) as name
    from runs r
    join statements s on s.account_id = r.account_id and s.run_id = r.id
    join statements c on c.account_id = s.account_id and c.id = case s.status when 'unchanged' then s.replaces else s.id end
    left join partners p on s.subject_kind = 'partner' and p.account_id = s.account_id and p.partner_id = s.subject_id
    left join funnels f on s.subject_kind = 'funnel' and f.account_id = s.account_id and f.funnel_id::text = s.subject_id
    where ${isOf(of, 's')} and s.status in ('rendered', 'unchanged')
    order by s.subject_kind, s.subject_id, s.revision desc`.execute(db)
  return new Map(
    rows.map((row) => {
      const { subject_kind: kind, subject_id: id, name, is_gone: isGone } = row
      const key = subjectKey(kind, id)
      return [key, { kind, id, name, isGone, current: refOf(row), readers: readers.get(key) ?? [] }]
    }),
  )
}

/** The statement of the highest revision that any reader of the subject was sent. */
export function lastTold(standing: Standing | undefined): StatementRef | undefined {
  const told = (standing?.readers ?? []).flatMap(({ told: statement }) => statement ?? [])
  return told.reduce<StatementRef | undefined>(
    (last, statement) => (last && last.revision >= statement.revision ? last : statement),
    undefined,
  )
}

/**
 * What was sent, or may have been: a mail of which nobody knows, or that is still on its way from a cancelled run. A copy
 * counts only where it went to an address that the run itself meant, or took the place of a mail that had failed: an
 * accountant's is not the reader's.
 */
async function findReaders(db: Database, of: StandingsOf): Promise<Map<string, Reader[]>> {
  const told = sql`d.status in ('sent', 'unknown', 'sending', 'pending')`
  const { rows } = await sql<StatementRow & { address: string; was_told: boolean; sure: boolean }>`
    select distinct on (d.subject_kind, d.subject_id, reader) d.subject_kind, d.subject_id, ${columns}, d.address,
      case d.subject_kind when 'partner' then '' else lower(d.address) end as reader, ${told} as was_told, d.status = 'sent' as sure
    from runs r
    join deliveries d on d.account_id = r.account_id and d.run_id = r.id
    join statements c on c.account_id = d.account_id and c.id = d.statement_id
    where ${isOf(of, 'd')} and (d.resend_of is null or exists (select from deliveries o
      where o.account_id = d.account_id and o.run_id = d.run_id and o.resend_of is null and o.subject_kind = d.subject_kind
        and o.subject_id = d.subject_id and (lower(o.address) = lower(d.address) or o.replaced_by = d.id)))
    order by d.subject_kind, d.subject_id, reader, ${told} desc, r.revision desc, c.revision desc, sure desc`.execute(
    db,
  )
  const readers = new Map<string, Reader[]>()
  for (const row of rows) {
    const key = subjectKey(row.subject_kind, row.subject_id)
    const reader = { address: row.address, told: row.was_told ? refOf(row) : undefined, sure: row.sure }
    readers.set(key, [...(readers.get(key) ?? []), reader])
  }
  return readers
}

/** Rows of a run `r` whose subject `alias` names. */
function isOf({ account_id, report, period, partners }: StandingsOf, alias: 's' | 'd') {
  const [kind, id] = [sql.ref(`${alias}.subject_kind`), sql.ref(`${alias}.subject_id`)]
  const some = partners ? sql`and ${kind} = 'partner' and ${id} = any(${[...partners]}::text[])` : sql``
  return sql`r.account_id = ${account_id} and r.report = ${report} and r.period = ${period} ${some}`
}

const columns = sql`c.id, c.revision, c.sha256, c.figures_sha256, c.replaces`

interface StatementRow {
  subject_kind: string
  subject_id: string
  id: string
  revision: number
  sha256: string
  figures_sha256: string
  replaces: string | null
}

const refOf = (row: StatementRow): StatementRef => ({
  id: row.id,
  revision: row.revision,
  sha256: row.sha256,
  figuresSha256: row.figures_sha256,
  replaces: row.replaces,
})

/** What a sealed statement holds, for a comparison with what it would say now. */
export interface SealedDocument {
  /** Canonical JSON. */
  readonly sealed: string
  /** SHA-256 of its CSV files. */
  readonly csvs: readonly string[]
  /** Whether retention has taken bytes of it away, so that it cannot be mailed any more. */
  readonly isStripped: boolean
}

export async function findDocuments(
  db: Database,
  accountId: number,
  ids: readonly string[],
): Promise<Map<string, SealedDocument>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; sealed: string; csvs: string[] | null; is_stripped: boolean | null }>`
    select s.id, s.sealed, f.csvs, f.is_stripped
    from statements s left join lateral (
      select array_agg(f.sha256 order by f.name collate "C") filter (where f.type like 'text/csv%') as csvs,
        bool_or(f.removed_at is not null) as is_stripped
      from files f where f.account_id = s.account_id and f.statement_id = s.id) f on true
    where s.account_id = ${accountId} and s.id = any(${[...new Set(ids)]}::uuid[])`.execute(db)
  return new Map(
    rows.map((row) => [row.id, { sealed: row.sealed, csvs: row.csvs ?? [], isStripped: row.is_stripped ?? false }]),
  )
}

/** Which of the partners of `of` have a statement of the report and period. */
export async function listStandingPartners(db: Database, of: StandingsOf): Promise<string[]> {
  const { rows } = await sql<{ partner_id: string }>`
    select distinct s.subject_id as partner_id from runs r join statements s on s.account_id = r.account_id and s.run_id = r.id
    where ${isOf(of, 's')} and s.status = 'rendered'`.execute(db)
  return rows.map((row) => row.partner_id)
}
