import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'

/** How many of something are in a state, of one report. */
export interface Tally {
  readonly report: string
  readonly status: string
  readonly count: number
}

export async function tallyRuns(db: Database): Promise<Tally[]> {
  const { rows } = await sql<Tally>`
    select report, status, count(*)::int as count from runs group by report, status order by report, status`.execute(db)
  return rows
}

/** Statements, or deliveries with their resends. The ledger's rows are counted per run first: its keys lead there. */
export async function tallyRows(db: Database, table: 'statements' | 'deliveries'): Promise<Tally[]> {
  const { rows } = await sql<Tally>`
    select r.report, t.status, sum(t.count)::int as count
    from (select account_id, run_id, status, count(*) as count from ${sql.table(table)} group by account_id, run_id, status) t
    join runs r on r.account_id = t.account_id and r.id = t.run_id
    group by r.report, t.status order by r.report, t.status`.execute(db)
  return rows
}

/** Runs of one report that came to an end, by how long they took: how many within each of `bounds` (seconds), and all. */
export interface Durations {
  readonly report: string
  readonly within: readonly number[]
  readonly count: number
  readonly seconds: number
}

export async function tallyDurations(db: Database, bounds: readonly number[]): Promise<Durations[]> {
  const within = bounds.map((bound) => sql`count(*) filter (where seconds <= ${bound})::int`)
  const { rows } = await sql<Durations>`
    select report, json_build_array(${sql.join(within)}) as within, count(*)::int as count, sum(seconds)::float8 as seconds
    from (select report, extract(epoch from finished_at - started_at) as seconds from runs
      where finished_at is not null and started_at is not null and status <> 'cancelled') ended
    group by report order by report`.execute(db)
  return rows
}

/** When a report last ended well in an account: everything of it sealed and mailed. */
interface LastSuccess {
  readonly report: string
  readonly account_id: number
  readonly at: Date
}

export async function listLastSuccesses(db: Database): Promise<LastSuccess[]> {
  const { rows } = await sql<LastSuccess>`
    select report, account_id, max(finished_at) as at from runs where status = 'succeeded' and finished_at is not null
    group by report, account_id order by report, account_id`.execute(db)
  return rows
}

/** Since when the delivery that is due longest has been due; undefined where none is. */
export async function findOldestDue(db: Database, now: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ due: Date | null }>`
    select min(next_attempt_at) as due from deliveries
    where status in ('pending', 'sending', 'unknown') and next_attempt_at <= ${now}::timestamptz`.execute(db)
  return rows[0]?.due ?? undefined
}
