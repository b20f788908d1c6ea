import type { Period } from './calendar/period.ts'
import { datesOfKey } from './calendar/period-key.ts'

/** First and last local date of a period, both included, as `YYYY-MM-DD`. */
export function daysOf(period: Pick<Period, 'key'>): { readonly first: string; readonly last: string } {
  const { first, after } = datesOfKey(period.key)
  return { first: first.toString(), last: after.subtract({ days: 1 }).toString() }
}

/** The local dates that begin a period and what comes after it; none after the year 9999. */
export function boundaryDates(key: string): { readonly first: string; readonly after: string | undefined } {
  const { first, after } = datesOfKey(key)
  return { first: first.toString(), after: after.year > 9999 ? undefined : after.toString() }
}
