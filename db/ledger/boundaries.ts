import { sql } from 'kysely'
import type { Database, Writer } from '../connection/client.ts'
import { dayOf } from '../values/calendar.ts'
import { startOfDay, zoneDataVersion } from '../values/zone.ts'

/** A local date that begins, or ends, a sealed period, and when it began. */
export interface Boundary {
  readonly date: string
  readonly at: Date
  /** The zone in force on the date. */
  readonly zone: string
}

/** A boundary that sealed periods have used, and where the rules would place it now. */
export interface MovedBoundary {
  readonly account_id: number
  readonly local_date: string
  readonly time_zone: string
  readonly instant: Date
  readonly tz_version: string | null
  readonly by_rules: Date
  readonly checked_version: string
  readonly kept_at: Date | null
  readonly kept_by: string | null
}

/**
 * Writes down the bounds of a run that is being sealed. Gives back those that sealed periods have used already at another
 * instant: the run must not be sealed then, for it would overlap its neighbour, or leave a gap.
 */
export async function claimBoundaries(
  writer: Writer,
  run: { account_id: number; id: string; tz_version: string | null },
  boundaries: readonly Boundary[],
): Promise<(Boundary & { readonly used: Date })[]> {
  const version = zoneDataVersion()
  const rows = boundaries.map(({ date, at, zone }) => ({
    account_id: run.account_id,
    local_date: date,
    instant: at,
    time_zone: zone,
    tz_version: run.tz_version,
    run_id: run.id,
    by_rules: new Date(startOfDay(dayOf(date), zone)),
    checked_version: version,
  }))
  await writer
    .insertInto('period_boundaries')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const used = await writer
    .selectFrom('period_boundaries')
    .select(['local_date', 'instant'])
    .where('account_id', '=', run.account_id)
    .where(
      'local_date',
      'in',
      boundaries.map(({ date }) => date),
    )
    .execute()
  const instants = new Map(used.map(({ local_date, instant }) => [local_date, instant]))
  return boundaries
    .map((boundary) => ({ ...boundary, used: instants.get(boundary.date) as Date }))
    .filter(({ at, used }) => used.getTime() !== at.getTime())
}

/** Looks up by our rules every used boundary that was looked up by older ones. Gives back how many are somewhere else. */
export async function checkBoundaries(db: Database): Promise<number> {
  const version = zoneDataVersion()
  const rows = await db
    .selectFrom('period_boundaries')
    .select(['account_id', 'local_date', 'time_zone', 'instant'])
    .where((where) => where.or([where('checked_version', 'is', null), where('checked_version', '<', version)]))
    .execute()
  if (rows.length === 0) return 0
  const checked = rows.map((row) => ({ ...row, by_rules: new Date(startOfDay(dayOf(row.local_date), row.time_zone)) }))
  await sql`update period_boundaries b set by_rules = c.by_rules, checked_version = ${version}, kept_at = null, kept_by = null
    from jsonb_to_recordset(${JSON.stringify(checked)}::jsonb) c(account_id int, local_date date, by_rules timestamptz)
    where b.account_id = c.account_id and b.local_date = c.local_date`.execute(db)
  return checked.filter(({ instant, by_rules }) => instant.getTime() !== by_rules.getTime()).length
}

/** Used boundaries that the rules would place elsewhere, oldest first. */
export function listMovedBoundaries(db: Database, accountId?: number): Promise<MovedBoundary[]> {
  return db
    .selectFrom('period_boundaries')
    .select(['account_id', 'local_date', 'time_zone', 'instant', 'tz_version', 'by_rules', 'kept_at', 'kept_by'])
    .select(sql<string>`coalesce(checked_version, '')`.as('checked_version'))
    .whereRef('instant', '<>', 'by_rules')
    .$if(accountId !== undefined, (query) => query.where('account_id', '=', accountId as number))
    .orderBy('account_id')
    .orderBy('local_date')
    .execute()
}

/** The instant stays, as it was sealed. False where there is no such boundary that the rules would move. */
export async function keepBoundary(
  db: Database,
  { accountId, date }: { accountId: number; date: string },
  { actor, now }: { actor: string; now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('period_boundaries')
    .set({ kept_at: now, kept_by: actor })
    .where('account_id', '=', accountId)
    .where('local_date', '=', date)
    .whereRef('instant', '<>', 'by_rules')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The boundary goes to where the rules place it. Gives back the periods that it bounds, sealed with the instant it had. */
export async function moveBoundary(
  db: Database,
  { accountId, date }: { accountId: number; date: string },
): Promise<{ readonly report: string; readonly period: string; readonly mail: boolean }[]> {
  const { rows } = await sql<{ report: string; period: string; mail: boolean }>`
    with old as (select account_id, instant from period_boundaries
        where account_id = ${accountId} and local_date = ${date}::date and instant <> by_rules for update),
      moved as (update period_boundaries b set instant = b.by_rules, tz_version = b.checked_version, kept_at = null, kept_by = null
        from old where b.account_id = old.account_id and b.local_date = ${date}::date returning 1)
    select r.report, r.period, bool_or(r.mail) as mail from runs r join old on old.account_id = r.account_id
    where (r.period_from = old.instant or r.period_to = old.instant) and r.partners is null
      and r.status in ('rendering', 'delivering', 'succeeded', 'partial') and exists (select from moved)
    group by r.report, r.period order by min(r.period_from), r.report`.execute(db)
  return rows
}
