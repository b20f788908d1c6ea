import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import { partOf } from '../../values/like.ts'
import type { DeliveryStatus, StatementStatus } from '../../values/statuses.ts'
import type { StatementRow } from './statements.ts'

/** What came of a statement, for those who look for some of a run's. */
export const OUTCOMES = [
  'sent',
  'waiting',
  'failed',
  'suppressed',
  'not_mailed',
  'skipped',
  'unchanged',
  'cancelled',
] as const
type Outcome = (typeof OUTCOMES)[number]

/** A statement of a run as a list shows it, with the deliveries that the run made for its subject. */
interface FoundStatement extends StatementRow {
  /** The subject's name of today; null for a partner that is gone. */
  readonly name: string | null
  readonly deliveries: readonly { readonly id: string; readonly address: string; readonly status: DeliveryStatus }[]
}

interface StatementSearch {
  /** Part of a name, of an id or of an address, in any case. */
  readonly text?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly status?: StatementStatus | undefined
  /** From this ordinal on. */
  readonly first: number
  readonly limit: number
}

type RunKey = { readonly account_id: number; readonly id: string }

/** A run's statements in their order; the pages are stable, for a run's statements are sealed at once. */
export async function searchStatements(
  db: Database,
  run: RunKey,
  { text, outcome, status, first, limit }: StatementSearch,
): Promise<FoundStatement[]> {
  const { rows } = await sql<FoundStatement>`
    with found as materialized (
      select s.* from statements s
      where s.account_id = ${run.account_id} and s.run_id = ${run.id}::uuid and s.ordinal >= ${first}
        and ${text === undefined ? sql`true` : matching(run, text)}
        and ${status === undefined ? sql`true` : sql`s.status = ${status}`}
        and ${outcome === undefined ? sql`true` : cameTo(run, outcome)}
      order by s.ordinal limit ${limit}),
    mails as (
      select d.subject_kind, d.subject_id, json_agg(json_build_object('id', d.id, 'address', d.address, 'status', d.status)
        order by d.address) as list
      from deliveries d
      where ${ofRun(run)} and (d.subject_kind, d.subject_id) in (select f.subject_kind, f.subject_id from found f)
      group by d.subject_kind, d.subject_id)
    select s.*, case s.subject_kind when 'partner' then p.name when 'funnel' then f.name else a.name end as name,
      coalesce(m.list, '[]') as deliveries
    from found s
    left join mails m on m.subject_kind = s.subject_kind and m.subject_id = s.subject_id
    left join partners p on p.account_id = s.account_id and s.subject_kind = 'partner' and p.partner_id = s.subject_id
    left join funnels f on f.account_id = s.account_id and s.subject_kind = 'funnel' and f.funnel_id::text = s.subject_id
    join accounts a on a.account_id = s.account_id
    order by s.ordinal`.execute(db)
  return rows
}

/** By the run and not by the statement: an unchanged statement may be mailed as its predecessor (docs/definitions.md, Revisions). */
const ofRun = (run: RunKey) =>
  sql`d.account_id = ${run.account_id} and d.run_id = ${run.id}::uuid and d.resend_of is null`

/** Subjects of the run's deliveries; asked once for all statements, whatever the planner knows of the run. */
const mailedTo = (run: RunKey, condition: RawBuilder<unknown>) =>
  sql`(s.subject_kind, s.subject_id) in (select d.subject_kind, d.subject_id from deliveries d where ${ofRun(run)} and ${condition})`

function matching(run: RunKey, text: string): RawBuilder<unknown> {
  const part = partOf(text)
  return sql`(s.subject_id ilike ${part}
    or (s.subject_kind = 'partner'
      and s.subject_id in (select partner_id from partners where account_id = ${run.account_id} and name ilike ${part}))
    or (s.subject_kind = 'funnel'
      and s.subject_id in (select funnel_id::text from funnels where account_id = ${run.account_id} and name ilike ${part}))
    or ${mailedTo(run, sql`d.address ilike ${part}`)} or ${saidTo(part)})`
}

/** What a statement says was mailed there before, by the run whose statement it repeats. */
const saidTo = (part: string) =>
  sql`exists (select 1 from deliveries d where d.account_id = s.account_id and d.address ilike ${part}
    and d.statement_id = coalesce(case when s.status = 'unchanged' then s.replaces end, s.id))`

function cameTo(run: RunKey, outcome: Outcome): RawBuilder<unknown> {
  if (outcome === 'not_mailed') return sql`s.reason is not null`
  const { statement, deliveries } = STATES[outcome]
  const sealed = sql`s.status = ${statement ?? ''}`
  return deliveries ? sql`(${sealed} or ${mailedTo(run, sql`d.status = any(${deliveries}::text[])`)})` : sealed
}

interface States {
  readonly statement?: string
  readonly deliveries?: readonly DeliveryStatus[]
}

const STATES: Readonly<Record<Exclude<Outcome, 'not_mailed'>, States>> = {
  sent: { deliveries: ['sent'] },
  waiting: { statement: 'sealed', deliveries: ['pending', 'sending'] },
  failed: { statement: 'failed', deliveries: ['failed', 'unknown'] },
  suppressed: { deliveries: ['suppressed'] },
  skipped: { statement: 'skipped' },
  unchanged: { statement: 'unchanged' },
  cancelled: { statement: 'cancelled', deliveries: ['cancelled'] },
}
