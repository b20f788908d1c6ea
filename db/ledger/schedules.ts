import { type Selectable, sql } from 'kysely'
import { type CalendarRow, calendarColumns, calendarOf } from '../access/account-calendar.ts'
import type { Database } from '../connection/client.ts'
import type { Schema } from '../schema.ts'
import type { Calendar } from '../values/calendar.ts'

/** A report's schedule in an account, with the zone in which the account's periods lie. */
export interface Schedule extends Selectable<Schema['schedules']> {
  readonly account_timezone: string
  /** Where the account's dates begin, if that is more than its zone. */
  readonly account_calendar?: Calendar
}

/** Gives every account a schedule for each of these reports that it has none for; what is there is left as it is (docs/operating.md, Schedules). */
export async function ensureSchedules(
  db: Database,
  defaults: readonly { readonly report: string; readonly cron: string }[],
  now: Date,
): Promise<void> {
  await sql`
    insert into schedules (account_id, report, cron, created_at, updated_at)
    select a.account_id, d.report, d.cron, ${now}::timestamptz, ${now}::timestamptz
    from accounts a, jsonb_to_recordset(${JSON.stringify(defaults)}::jsonb) as d(report text, cron text)
    where not exists (select from schedules s where s.account_id = a.account_id and s.report = d.report)
    on conflict do nothing`.execute(db)
}

/** By account and report. */
export async function listSchedules(
  db: Database,
  { accountId, enabled }: { accountId?: number | undefined; enabled?: boolean } = {},
): Promise<Schedule[]> {
  const rows = await selectSchedules(db)
    .$if(accountId !== undefined, (query) => query.where('s.account_id', '=', accountId as number))
    .$if(enabled !== undefined, (query) => query.where('s.enabled', '=', enabled as boolean))
    .orderBy('s.account_id')
    .orderBy('s.report')
    .execute()
  return rows.map(scheduleOf)
}

export async function findSchedule(db: Database, accountId: number, report: string): Promise<Schedule | undefined> {
  const query = selectSchedules(db).where('s.account_id', '=', accountId).where('s.report', '=', report)
  const row = await query.executeTakeFirst()
  return row && scheduleOf(row)
}

/** What of a schedule can be changed; what is left out stays as it is, also when somebody else changes it meanwhile. */
export interface ScheduleColumns {
  readonly cron?: string
  /** Null: the account's. */
  readonly timezone?: string | null
  readonly enabled?: boolean
  readonly recipients?: readonly string[]
  readonly catch_up?: string
  /** Whole days. */
  readonly max_age_days?: number
  readonly readiness?: unknown
}

/** False where there is no such schedule. Switching it on again makes it count from `now`. */
export async function changeSchedule(
  db: Database,
  schedule: { accountId: number; report: string },
  { recipients, readiness, ...columns }: ScheduleColumns,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('schedules')
    .set({
      ...columns,
      ...(recipients && { recipients: [...recipients] }),
      ...(readiness !== undefined && { readiness: readiness === null ? null : JSON.stringify(readiness) }),
      ...(columns.enabled && { enabled_at: sql<Date>`case when enabled then enabled_at else ${now}::timestamptz end` }),
      updated_at: now,
    })
    .where('account_id', '=', schedule.accountId)
    .where('report', '=', schedule.report)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const selectSchedules = (db: Database) =>
  db
    .selectFrom('schedules as s')
    .innerJoin('accounts as a', 'a.account_id', 's.account_id')
    .selectAll('s')
    .select('a.timezone as account_timezone')
    .select(calendarColumns('a'))

function scheduleOf<Row extends CalendarRow & { readonly account_timezone: string }>({
  former_zones,
  boundaries,
  ...schedule
}: Row) {
  const calendar = calendarOf(schedule.account_timezone, { former_zones, boundaries })
  return { ...schedule, ...(calendar && { account_calendar: calendar }) }
}
