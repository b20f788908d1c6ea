import { dayOf, type Place, startOf } from '../../values/calendar.ts'
import { type CellType, cellType } from './cell.ts'

/** A calendar date, 2026-10-05. */
export const date = cellType('date', 'a date as 2026-10-05', (cell) => (isDate(cell) ? cell : undefined))

/** ISO 8601 with an offset or Z, or a date alone: the first instant of that date in the zone that the account had then (docs/importing.md). */
export const instant: CellType = {
  sql: 'timestamptz',
  expected: 'an instant as 2026-10-05T14:30:00Z or with an offset, or a date as 2026-10-05',
  reader: ({ place }) => {
    const first = startsOfDates(place)
    return (cell) => (cell.length === 10 ? (isDate(cell) ? first(cell) : undefined) : readInstant(cell))
  },
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.(\d{1,9}))?)?(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/

function isDate(cell: string): boolean {
  const parts = DATE.exec(cell)
  return parts !== null && isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
}

function readInstant(cell: string): string | undefined {
  const parts = INSTANT.exec(cell)
  if (!parts || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return undefined
  // PostgreSQL would round beyond microseconds, perhaps into the next period
  return (parts[4]?.length ?? 0) > 6 ? cell.replace(/(\.\d{6})\d+/, '$1') : cell
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDay(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return year >= 1000 && day > 0 && day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
}

const MOST_DATES = 20_000

/** First instants of dates, each reckoned once: midnight, or what follows it where a zone has no midnight that day. */
function startsOfDates(place: Place): (date: string) => string {
  const known = new Map<string, string>()
  return (day) => {
    const found = known.get(day)
    if (found !== undefined) return found
    if (known.size >= MOST_DATES) known.clear()
    const start = new Date(startOf(dayOf(day), place)).toISOString().replace('.000Z', 'Z')
    known.set(day, start)
    return start
  }
}
