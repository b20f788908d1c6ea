import { Temporal } from 'temporal-polyfill'
import { type Day, dayAt, type Place, startOf } from '../../db/values/calendar.ts'
import { timeZoneFault } from '../../db/values/zone.ts'

export { isTimeZone } from '../../db/values/zone.ts'

/** What was typed is no period, date or time zone; says the value and what was expected. */
export class PeriodError extends Error {
  readonly value: string
  readonly expected: string

  constructor(what: string, value: string, expected: string) {
    super(`${what} ${JSON.stringify(value)}: expected ${expected}`)
    this.name = 'PeriodError'
    this.value = value
    this.expected = expected
  }
}

/** The first instant of a local date (`YYYY-MM-DD`); for a date that the zone skipped, the first of the next one. PeriodError on what is no date or zone. */
export function startOfLocalDay(date: string, place: Place): Date {
  return startOfDate(parseDate(date), placeOrThrow(place))
}

export function placeOrThrow(place: Place): Place {
  for (const zone of typeof place === 'string' ? [place] : place.zones.map((one) => one.zone)) {
    const expected = timeZoneFault(zone)
    if (expected) throw new PeriodError('time zone', zone, expected)
  }
  return place
}

/** docs/definitions.md, Periods: of two midnights the first, and the end of a gap that swallowed midnight. */
export function startOfDate(date: Temporal.PlainDate, place: Place): Date {
  return new Date(startOf(dayOfDate(date), place))
}

/** The local date that has begun last at that instant. */
export function wallDate(instant: Date, place: Place): Temporal.PlainDate {
  const date = new Date(dayAt(instant.getTime(), place))
  return new Temporal.PlainDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
}

/** Date.UTC reads the years 0 to 99 as of the 20th century. */
export const dayOfDate = ({ year, month, day }: Temporal.PlainDate): Day =>
  new Date(0).setUTCFullYear(year, month - 1, day)

export function parseDate(text: string): Temporal.PlainDate {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  try {
    if (Number(year) >= 1) return new Temporal.PlainDate(Number(year), Number(month), Number(day))
  } catch {
    // a month or day that does not exist; said below
  }
  throw new PeriodError('date', text, 'an existing date YYYY-MM-DD from the year 0001 to 9999')
}
