import { Temporal } from 'temporal-polyfill'
import { PeriodError, parseDate } from './zone.ts'

/** What kind of stretch a key names; `range` is any run of whole days. */
export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'range'

/** A key as calendar dates, before any time zone: `first` is inside, `after` is the first date outside. */
export interface Dates {
  readonly grain: Grain
  readonly first: Temporal.PlainDate
  readonly after: Temporal.PlainDate
}

const EXPECTED =
  'a period such as 2026-10, 2026-W42, 2026-10-05, 2026-Q3, 2026 or 2026-10-01..2026-10-15, with dates that exist from the year 0001 to 9999'

/** Reads a canonical key (docs/definitions.md, Periods); PeriodError on anything else, dates and weeks that do not exist included. */
export function datesOfKey(key: string): Dates {
  for (const [shape, read] of SHAPES) {
    const parts = shape.exec(key)
    const dates = parts && readOrNothing(read, parts.slice(1))
    if (dates && keyOfDates(dates) === key) return dates
  }
  throw new PeriodError('period', key, EXPECTED)
}

/** The canonical key; undefined outside of the years 0001–9999, where there is none. */
export function keyOfDates({ grain, first, after }: Dates): string | undefined {
  const year = grain === 'week' ? (first.yearOfWeek ?? first.year) : first.year
  const last = after.subtract({ days: 1 })
  if (year < 1 || year > 9999 || (grain === 'range' && last.year > 9999)) return undefined
  if (grain === 'range') return `${first}..${last}`
  if (grain === 'day') return `${first}`
  const stem = String(year).padStart(4, '0')
  if (grain === 'week') return `${stem}-W${twoDigits(first.weekOfYear ?? 0)}`
  if (grain === 'month') return `${stem}-${twoDigits(first.month)}`
  return grain === 'quarter' ? `${stem}-Q${(first.month + 2) / 3}` : stem
}

/** The stretch of `grain` that holds a date; not for ranges, which have no place in the calendar. */
export function datesAround(grain: Grain, date: Temporal.PlainDate): Dates {
  if (grain === 'range') throw new PeriodError('grain', grain, 'day, week, month, quarter or year')
  if (grain === 'day') return stretch(grain, date)
  if (grain === 'week') return stretch(grain, date.subtract({ days: date.dayOfWeek - 1 }))
  if (grain === 'month') return stretch(grain, date.with({ day: 1 }))
  if (grain === 'quarter') return stretch(grain, date.with({ month: date.month - ((date.month - 1) % 3), day: 1 }))
  return stretch(grain, date.with({ month: 1, day: 1 }))
}

/** The stretch of the same kind `steps` further on; a range steps by its own number of days. */
export function shiftDates({ grain, first, after }: Dates, steps: 1 | -1): Dates {
  if (grain !== 'range') return stretch(grain, steps > 0 ? after : first.subtract(LENGTHS[grain]))
  const days = first.until(after).days * steps
  return { grain, first: first.add({ days }), after: after.add({ days }) }
}

const LENGTHS = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
} as const

const SHAPES: readonly (readonly [RegExp, (parts: string[]) => Dates])[] = [
  [/^(\d{4})$/, ([year]) => stretch('year', plainDate(year, '1', '1'))],
  [/^(\d{4})-Q([1-4])$/, ([year, quarter]) => stretch('quarter', plainDate(year, Number(quarter) * 3 - 2, '1'))],
  [/^(\d{4})-(\d{2})$/, ([year, month]) => stretch('month', plainDate(year, month, '1'))],
  [/^(\d{4})-W(\d{2})$/, ([year, week]) => stretch('week', mondayOf(Number(year), Number(week)))],
  [/^(\d{4}-\d{2}-\d{2})$/, ([date = '']) => stretch('day', parseDate(date))],
  [
    /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/,
    ([first = '', last = '']) => range(parseDate(first), parseDate(last)),
  ],
]

function readOrNothing(read: (parts: string[]) => Dates, parts: string[]): Dates | undefined {
  try {
    return read(parts)
  } catch {
    return undefined // the key names a date that does not exist
  }
}

const stretch = (grain: Exclude<Grain, 'range'>, first: Temporal.PlainDate): Dates => ({
  grain,
  first,
  after: first.add(LENGTHS[grain]),
})

function range(first: Temporal.PlainDate, last: Temporal.PlainDate): Dates {
  if (Temporal.PlainDate.compare(first, last) > 0) throw new PeriodError('period', `${first}..${last}`, EXPECTED)
  return { grain: 'range', first, after: last.add({ days: 1 }) }
}

/** 4 January is always in week 1. A week that the year has not comes out as another year's; datesOfKey sees that. */
function mondayOf(year: number, week: number): Temporal.PlainDate {
  const fourth = new Temporal.PlainDate(year, 1, 4)
  return fourth.add({ days: (week - 1) * 7 - (fourth.dayOfWeek - 1) })
}

const plainDate = (year = '', month: string | number = '', day = '') =>
  new Temporal.PlainDate(Number(year), Number(month), Number(day))
const twoDigits = (value: number) => String(value).padStart(2, '0')
