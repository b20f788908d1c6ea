import { sql } from 'kysely'
import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import { dayAt, dayText, placeOf, startOf } from '../values/calendar.ts'
import type { Sql } from './definitions.ts'

const DAY_MS = 86_400_000

/**
 * SQL of the local date of an instant, by the account's calendar: PostgreSQL has rules of its own and is told when each day
 * began instead. `rows` are those that the instant is of, as what follows `from`; undefined where there are none.
 */
export async function localDay(db: Snapshot, account: Account, instant: Sql, rows: Sql): Promise<Sql | undefined> {
  const result = await sql<{ first: Date | null; last: Date | null }>`
    select min(${instant}) as first, max(${instant}) as last from ${rows}`.execute(db)
  const [{ first, last } = { first: null, last: null }] = result.rows
  if (!first || !last) return undefined
  const place = placeOf(account)
  const [from, to] = [dayAt(first.getTime(), place), dayAt(last.getTime(), place)]
  const starts = Array.from({ length: (to - from) / DAY_MS + 1 }, (_, i) => startOf(from + i * DAY_MS, place))
  const instants = starts.map((start) => new Date(start).toISOString())
  return sql`(${dayText(from)}::date + width_bucket(${instant}, ${instants}::timestamptz[]) - 1)`
}

/** The local date that is under way at an instant, `YYYY-MM-DD`. */
export const localDate = (account: Account, instant: Date): string =>
  dayText(dayAt(instant.getTime(), placeOf(account)))
