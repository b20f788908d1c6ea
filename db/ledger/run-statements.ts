import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../client.ts'
import type { DeliveryStatus } from './deliveries.ts'
import type { StatementRow } from './statements.ts'

/** What came of a statement, for those who look for some of a run's. */
export const OUTCOMES = ['sent', 'waiting', 'failed', 'suppressed', 'skipped', 'unchanged', 'cancelled'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** A statement of a run as a list shows it, with the deliveries that the run made for its subject. */
export interface RunStatement
  extends Pick<
    StatementRow,
    'account_id' | 'id' | 'run_id' | 'subject_kind' | 'subject_id' | 'ordinal' | 'status' | 'reason' | 'error'
  > {
  /** The subject's name of today; null for a partner that is gone. */
  readonly name: string | null
  readonly deliveries: readonly { readonly id: string; readonly address: string; readonly status: DeliveryStatus }[]
}

export interface StatementSearch {
  /** Part of a name, of an id or of an address, in any case. */
  readonly text?: string | undefined
  readonly outcome?: Outcome | undefined
  /** From this ordinal on. */
  readonly first: number
  readonly limit: number
}

/** A run's statements in their order; the pages are stable, for a run's statements are sealed at once. */
export async function searchRunStatements(
  db: Database,
  run: { readonly account_id: number; readonly id: string },
  { text, outcome, first, limit }: StatementSearch,
): Promise<RunStatement[]> {
  const { rows } = await sql<RunStatement>`
    select s.account_id, s.id, s.run_id, s.subject_kind, s.subject_id, s.ordinal, s.status, s.reason, s.error,
      ${NAME} as name, coalesce((select json_agg(json_build_object('id', d.id, 'address', d.address, 'status', d.status)
        order by d.address) ${DELIVERIES}), '[]') as deliveries
    from statements s
    left join partners p on p.account_id = s.account_id and s.subject_kind = 'partner' and p.partner_id = s.subject_id
    left join funnels f on f.account_id = s.account_id and s.subject_kind = 'funnel' and f.funnel_id::text = s.subject_id
    join accounts a on a.account_id = s.account_id
    where s.account_id = ${run.account_id} and s.run_id = ${run.id}::uuid and s.ordinal >= ${first}
      and ${text === undefined ? sql`true` : matching(text)} and ${outcome === undefined ? sql`true` : WHICH[outcome]}
    order by s.ordinal limit ${limit}`.execute(db)
  return rows
}

const NAME = sql`case s.subject_kind when 'partner' then p.name when 'funnel' then f.name else a.name end`

/** Of the run, whichever statement they carry: an unchanged statement may be mailed as its predecessor (SPEC 5). */
const DELIVERIES = sql`from deliveries d where d.account_id = s.account_id and d.run_id = s.run_id
  and d.subject_kind = s.subject_kind and d.subject_id = s.subject_id and d.resend_of is null`

function matching(text: string): RawBuilder<unknown> {
  const part = partOf(text)
  return sql`(s.subject_id ilike ${part} or ${NAME} ilike ${part} or exists (select ${DELIVERIES} and d.address ilike ${part}))`
}

/** A pattern of LIKE for what is typed as it stands. */
export const partOf = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`

const delivered = (...states: readonly DeliveryStatus[]) =>
  sql`exists (select ${DELIVERIES} and d.status = any(${states}::text[]))`

const WHICH: Readonly<Record<Outcome, RawBuilder<unknown>>> = {
  sent: delivered('sent'),
  waiting: sql`(s.status = 'sealed' or ${delivered('pending', 'sending')})`,
  failed: sql`(s.status = 'failed' or ${delivered('failed', 'unknown')})`,
  suppressed: delivered('suppressed'),
  skipped: sql`s.status = 'skipped'`,
  unchanged: sql`s.status = 'unchanged'`,
  cancelled: sql`(s.status = 'cancelled' or ${delivered('cancelled')})`,
}
