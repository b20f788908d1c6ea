import { type Calendar, type Place, placeOf, zoneOn } from '../../db/values/calendar.ts'
import { type Dates, datesAround, datesOfKey, type Grain, keyOfDates, shiftDates } from './period-key.ts'
import { dayOfDate, PeriodError, placeOrThrow, startOfDate, wallDate } from './zone.ts'

export { type Place, placeOf } from '../../db/values/calendar.ts'
export type { Grain } from './period-key.ts'
export { isTimeZone, PeriodError, startOfLocalDay } from './zone.ts'

/** A half-open stretch `[from, to)` of an account's calendar (docs/definitions.md, Periods). Empty (`from` = `to`) for a day that the zone skipped. */
export interface Period {
  readonly key: string
  readonly grain: Grain
  /** The zone in force on its first date. */
  readonly timeZone: string
  readonly from: Date
  readonly to: Date
  /** Where its dates begin, if that is more than a zone. */
  readonly calendar?: Calendar
}

/** What `bursar period --json` prints; `hours` may be broken where DST is half an hour, neighbours null at the calendar's ends. */
interface PeriodDescription {
  readonly key: string
  readonly time_zone: string
  readonly from: string
  readonly to: string
  readonly hours: number
  readonly previous: string | null
  readonly next: string | null
}

/** More buckets than a page could show or a caller means; 54 years of days. */
const MAX_BUCKETS = 20_000

/** A canonical key, in a time zone or an account's calendar, as UTC instants; PeriodError with the value and what was expected. */
export function parsePeriod(key: string, place: Place): Period {
  return located(datesOfKey(key), placeOrThrow(place))
}

/** A period that travels with a run, as it was resolved at the door: its bounds are never reckoned again. */
export function travelledPeriod(period: Omit<Period, 'grain'>): Period {
  return { ...period, grain: datesOfKey(period.key).grain }
}

/** What a person typed as a key: `last-month`, `last-week` and `yesterday` as of `now`; a key passes through, checked. */
export function resolvePeriod(text: string, now: Date, place: Place): string {
  const word = WORDS.get(text)
  if (word) return lastClosedPeriod(word, now, place).key
  try {
    return parsePeriod(text, place).key
  } catch (error) {
    if (!(error instanceof PeriodError) || error.value !== text) throw error
    throw new PeriodError('period', text, `last-month, last-week, yesterday or ${error.expected}`)
  }
}

const WORDS = new Map<string, Grain>([
  ['last-month', 'month'],
  ['last-week', 'week'],
  ['yesterday', 'day'],
])

/** The period of the same kind that ends where this one starts; a range's has the same number of days. */
export function previousPeriod(period: Period): Period {
  return { ...located(shiftDates(datesOfKey(period.key), -1), placeOf(period)), to: period.from }
}

/** The period of the same kind that starts where this one ends. */
export function nextPeriod(period: Period): Period {
  return { ...located(shiftDates(datesOfKey(period.key), 1), placeOf(period)), from: period.to }
}

/** The one calendar period of `grain` that holds the instant. */
export function periodContaining(grain: Grain, instant: Date, place: Place): Period {
  return located(datesAround(grain, wallDate(instant, placeOrThrow(place))), place)
}

/** The last calendar period of `grain` whose end is not after `at`. */
export function lastClosedPeriod(grain: Grain, at: Date, place: Place): Period {
  return previousPeriod(periodContaining(grain, at, place))
}

/** The calendar buckets of `grain` that touch the period, whole, in order; PeriodError where they are too many to mean. */
export function bucketsOf(period: Period, grain: Grain): Period[] {
  const buckets: Period[] = []
  if (period.from >= period.to) return buckets
  for (let bucket = periodContaining(grain, period.from, placeOf(period)); ; bucket = nextPeriod(bucket)) {
    if (buckets.length === MAX_BUCKETS) throw new PeriodError('period', period.key, `at most ${MAX_BUCKETS} ${grain}s`)
    buckets.push(bucket)
    if (bucket.to >= period.to) return buckets
  }
}

/** The `n` calendar months that end with the month of the period's last day, oldest first. */
export function monthsBefore(period: Period, n: number): Period[] {
  const months: Period[] = []
  let dates = datesAround('month', datesOfKey(period.key).after.subtract({ days: 1 }))
  for (; months.length < n; dates = shiftDates(dates, -1)) months.unshift(located(dates, placeOf(period)))
  return months
}

/** The key of the day that holds the instant, `YYYY-MM-DD`. */
export function localDate(instant: Date, place: Place): string {
  return periodContaining('day', instant, place).key
}

/** Length in hours: 745 for a month with a day of 25, 24.5 for a day on Lord Howe Island. */
export function periodHours(period: Period): number {
  return (period.to.getTime() - period.from.getTime()) / 3_600_000
}

/** `2018-07-01T03:00:00Z`: UTC, with milliseconds only where there are some. */
export function isoInstant(instant: Date): string {
  return instant.toISOString().replace('.000Z', 'Z')
}

export function describePeriod(period: Period): PeriodDescription {
  const dates = datesOfKey(period.key)
  return {
    key: period.key,
    time_zone: period.timeZone,
    from: isoInstant(period.from),
    to: isoInstant(period.to),
    hours: periodHours(period),
    previous: keyOfDates(shiftDates(dates, -1)) ?? null,
    next: keyOfDates(shiftDates(dates, 1)) ?? null,
  }
}

function located(dates: Dates, place: Place): Period {
  const key = keyOfDates(dates)
  if (key === undefined) throw new PeriodError('period', `${dates.first}`, 'the years 0001 to 9999')
  const [from, to] = [startOfDate(dates.first, place), startOfDate(dates.after, place)]
  const timeZone = zoneOn(dayOfDate(dates.first), place)
  return { key, grain: dates.grain, timeZone, from, to, ...(typeof place !== 'string' && { calendar: place }) }
}
