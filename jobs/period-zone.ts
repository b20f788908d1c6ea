import { Temporal } from 'temporal-polyfill'

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

/** Whether `text` names an IANA time zone. Bare offsets are none: they have no DST and not every engine reads them. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

/** The first instant of a local date (`YYYY-MM-DD`); for a date that the zone skipped, the first of the next one. PeriodError on what is no date or zone. */
export function startOfLocalDay(date: string, timeZone: string): Date {
  return startOfDate(parseDate(date), zoneOrThrow(timeZone))
}

export function zoneOrThrow(timeZone: string): string {
  if (!isTimeZone(timeZone)) throw new PeriodError('time zone', timeZone, 'an IANA name such as Europe/Warsaw')
  return timeZone
}

/** Temporal's start of day is SPEC 4's rule: of two midnights the first, and the end of a gap that swallowed midnight. */
export function startOfDate(date: Temporal.PlainDate, timeZone: string): Date {
  return new Date(date.toZonedDateTime(timeZone).epochMilliseconds)
}

/** The date on the wall clock at that instant. */
export function wallDate(instant: Date, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
}

export function parseDate(text: string): Temporal.PlainDate {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  try {
    if (Number(year) >= 1) return new Temporal.PlainDate(Number(year), Number(month), Number(day))
  } catch {
    // a month or day that does not exist; said below
  }
  throw new PeriodError('date', text, 'an existing date YYYY-MM-DD from the year 0001 to 9999')
}
