import { localDate, type Place, startOfLocalDay } from '../../jobs/calendar/period.ts'

/** What `instantIn` takes, for messages. */
export const INSTANT = 'an instant such as 2026-11-01T00:00:00Z, or a date'

/** An ISO 8601 instant with offset or Z; undefined for anything else. */
export function readInstant(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const instant = new Date(text)
  return !Number.isNaN(instant.getTime()) && dateExists(text.slice(0, 10)) ? instant : undefined
}

/** The same, and a date alone: its first instant in the zone (docs/importing.md). */
export function instantIn(text: string, place: Place): Date | undefined {
  if (!isDate(text)) return readInstant(text)
  return dateExists(text) ? startOfLocalDay(text, place) : undefined
}

export const isDate = (text: string): boolean => /^(?!0000)\d{4}-\d\d-\d\d$/.test(text)

/** JavaScript takes 30 February for 2 March. */
const dateExists = (date: string): boolean => {
  const start = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(start.getTime()) && localDate(start, 'UTC') === date
}
