import { DAY_MS } from '../../../db/values/durations.ts'
import {
  bucketsOf,
  type Grain,
  lastClosedPeriod,
  localDate,
  monthsBefore,
  type Period,
  type Place,
  parsePeriod,
  periodContaining,
} from '../../../jobs/calendar/period.ts'
import { invalid } from '../shared/problem.ts'

/** The named windows of the Journeybee endpoints (docs/data-api.md, Choices). */
export const WINDOWS = [
  'current_year',
  'last_year',
  'current_quarter',
  'last_quarter',
  'current_month',
  'last_month',
  'last_30_days',
  'last_90_days',
  'last_6_months',
  'last_12_months',
] as const
type WindowName = (typeof WINDOWS)[number]

/** Calendar windows are whole, days end today, months end with the present one. */
export function windowOf(name: WindowName, now: Date, place: Place): Period {
  const [which, ...unit] = name.split('_')
  if (unit.length === 1 && which === 'current') return periodContaining(unit[0] as Grain, now, place)
  if (unit.length === 1) return lastClosedPeriod(unit[0] as Grain, now, place)
  const n = Number(unit[0])
  const today = localDate(now, place)
  if (unit[1] === 'days') return daysOf(addDays(today, 1 - n), today, place)
  const months = monthsBefore(periodContaining('month', now, place), n)
  return daysOf(`${months[0]?.key}-01`, lastDayOf(months.at(-1)?.key ?? ''), place)
}

/** From one date to another, both included. */
export const daysOf = (first: string, last: string, place: Place): Period => parsePeriod(`${first}..${last}`, place)

export function addDays(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}

/** The last date of a month `YYYY-MM`. */
function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}

/** Each costs a look at the zone: more than these would hold everyone else up. */
const MAX_BUCKETS = 4000
const DAYS = { day: 1, week: 7, month: 28 } as const

/** The calendar buckets that a period touches; 400 about `parameter` where they are too many. */
export function boundedBuckets(period: Period, grain: keyof typeof DAYS, parameter: string): Period[] {
  const days = (period.to.getTime() - period.from.getTime()) / DAY_MS
  if (days / DAYS[grain] > MAX_BUCKETS) {
    throw invalid('query', parameter, `expected a range of at most ${MAX_BUCKETS} ${grain}s`)
  }
  return bucketsOf(period, grain)
}
