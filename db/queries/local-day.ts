import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import { dayAt, dayText, placeOf, startOf } from '../values/calendar.ts'
import { DAY_MS } from '../values/durations.ts'
import type { Span, Sql } from './definitions.ts'

interface LocalDays {
  /** SQL of the local date of an instant between the two. */
  readonly dayOf: (instant: Sql) => Sql
  /** The whole of these days. */
  readonly span: Span
}

/**
 * The local dates from one instant to another, by the account's calendar: PostgreSQL has rules of its own and is told when
 * each day began instead.
 */
export function localDays(account: Account, { first, last }: { readonly first: Date; readonly last: Date }): LocalDays {
  const place = placeOf(account)
  const [from, to] = [dayAt(first.getTime(), place), dayAt(last.getTime(), place)]
  const starts = Array.from({ length: (to - from) / DAY_MS + 1 }, (_, i) => startOf(from + i * DAY_MS, place))
  const instants = starts.map((start) => new Date(start).toISOString())
  return {
    dayOf: (instant) => sql`(${dayText(from)}::date + width_bucket(${instant}, ${instants}::timestamptz[]) - 1)`,
    span: { from: new Date(startOf(from, place)), to: new Date(startOf(to + DAY_MS, place)) },
  }
}

/** The local date that is under way at an instant, `YYYY-MM-DD`. */
export const localDate = (account: Account, instant: Date): string =>
  dayText(dayAt(instant.getTime(), placeOf(account)))
