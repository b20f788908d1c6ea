import { sql } from 'kysely'
import { type Calendar, dayOf } from '../values/calendar.ts'

/** What of an account's calendar is more than its zone, as columns beside a row of `accounts`. */
export interface CalendarRow {
  readonly former_zones: readonly { readonly until: string; readonly zone: string }[] | null
  readonly boundaries: readonly { readonly date: string; readonly at: number }[] | null
}

/** `json` of an account's zones before the present one, oldest first; of the accounts called `alias`. */
const formerZones = (alias: string): string => `
  (select json_agg(json_build_object('until', f.until, 'zone', f.zone) order by f.until)
    from former_time_zones f where f.account_id = ${alias}.account_id)`

/** Of the boundaries that sealed periods have used those that the rules would place elsewhere, and those on which a zone took over. */
const boundaries = (alias: string): string => `
  (select json_agg(json_build_object('date', b.local_date, 'at', (extract(epoch from b.instant) * 1000)::bigint))
    from period_boundaries b where b.account_id = ${alias}.account_id and (b.instant <> b.by_rules or b.local_date in
      (select f.until from former_time_zones f where f.account_id = ${alias}.account_id)))`

/** The columns of CalendarRow beside accounts called `alias`, for kysely and for whoever writes SQL. */
export const calendarColumns = (alias: string) =>
  [
    sql<CalendarRow['former_zones']>`${sql.raw(formerZones(alias))}`.as('former_zones'),
    sql<CalendarRow['boundaries']>`${sql.raw(boundaries(alias))}`.as('boundaries'),
  ] as const
export const calendarSql = (alias: string): string =>
  `${formerZones(alias)} as former_zones, ${boundaries(alias)} as boundaries`

/** Undefined where the zone says all. */
export function calendarOf(timeZone: string, { former_zones, boundaries }: CalendarRow): Calendar | undefined {
  if (!former_zones && !boundaries) return undefined
  const former = former_zones ?? []
  const zones = [...former.map(({ zone }) => zone), timeZone].map((zone, i) => ({
    from: i === 0 ? Number.NEGATIVE_INFINITY : dayOf((former[i - 1] as { until: string }).until),
    zone,
  }))
  return { zones, used: new Map((boundaries ?? []).map(({ date, at }) => [dayOf(date), at])) }
}
