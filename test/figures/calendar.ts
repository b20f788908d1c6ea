/** Instants are microseconds since 1970 as bigint; local days are reckoned with Intl alone, apart from the product's own calendar. */
export type Micros = bigint

export interface Stretch {
  readonly key: string
  readonly from: Micros
  readonly to: Micros
  /** Local dates; `end` is outside. */
  readonly start: string
  readonly end: string
}

/** What a period key means in a zone (docs/definitions.md, Periods). */
export function stretchOf(key: string, zone: string): Stretch {
  const [start, end] = datesOf(key)
  return { key, start, end, from: startOfDay(zone, start), to: startOfDay(zone, end) }
}

/** The stretch of the same kind just before. */
export function stretchBefore(key: string, zone: string): Stretch {
  const [start, end] = datesOf(key)
  if (/^\d{4}$/.test(key)) return between(key, addMonths(start, -12), start, zone)
  if (/^\d{4}-Q\d$/.test(key)) return between(key, addMonths(start, -3), start, zone)
  if (/^\d{4}-\d\d$/.test(key)) return between(key, addMonths(start, -1), start, zone)
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000
  return between(key, addDays(start, -days), start, zone)
}

/** The stretch of the local dates [start, end). */
export function between(key: string, start: string, end: string, zone: string): Stretch {
  return { key, start, end, from: startOfDay(zone, start), to: startOfDay(zone, end) }
}

/** The first instant whose local date is `date` or later. */
export function startOfDay(zone: string, date: string): Micros {
  const known = starts.get(`${zone} ${date}`) ?? searchStart(zone, date)
  starts.set(`${zone} ${date}`, known)
  return known
}

const starts = new Map<string, Micros>()

function searchStart(zone: string, date: string): Micros {
  let low = Date.parse(`${date}T00:00:00Z`) - 30 * 3_600_000
  let high = low + 60 * 3_600_000
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000
    if (localDate(zone, BigInt(middle) * 1000n) >= date) high = middle
    else low = middle
  }
  return BigInt(high) * 1000n
}

const formats = new Map<string, Intl.DateTimeFormat>()

export function localDate(zone: string, at: Micros): string {
  const known = formats.get(zone)
  const format =
    known ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  if (!known) formats.set(zone, format)
  return format.format(Number(at / 1000n))
}

export const addDays = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

export function addMonths(date: string, months: number): string {
  const [year, month] = date.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10)
}

/** The first days of the months that touch the local dates [start, end). */
export function monthsOf(start: string, end: string): string[] {
  const months: string[] = []
  for (let month = addMonths(start, 0); month < end; month = addMonths(month, 1)) months.push(month)
  return months
}

/** Monday of the week of a date. */
export const mondayOf = (date: string) => addDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7))

/** `2026-W42` of a date, by its week's Thursday. */
export function weekKey(date: string): string {
  const thursday = addDays(mondayOf(date), 3)
  const days = (Date.parse(thursday) - Date.parse(`${thursday.slice(0, 4)}-01-01`)) / 86_400_000
  return `${thursday.slice(0, 4)}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`
}

/** Microseconds as ISO 8601, in UTC, with six decimals. */
export function iso(at: Micros): string {
  const seconds = at / 1_000_000n
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(at % 1_000_000n).padStart(6, '0')}Z`
}

function datesOf(key: string): [string, string] {
  const range = key.split('..')
  if (range.length === 2) return [range[0] as string, addDays(range[1] as string, 1)]
  const week = /^(\d{4})-W(\d\d)$/.exec(key)
  if (week) {
    const monday = addDays(mondayOf(`${week[1]}-01-04`), 7 * (Number(week[2]) - 1))
    return [monday, addDays(monday, 7)]
  }
  const quarter = /^(\d{4})-Q(\d)$/.exec(key)
  if (quarter) {
    const start = addMonths(`${quarter[1]}-01-01`, 3 * (Number(quarter[2]) - 1))
    return [start, addMonths(start, 3)]
  }
  if (/^\d{4}$/.test(key)) return [`${key}-01-01`, `${Number(key) + 1}-01-01`]
  if (/^\d{4}-\d\d$/.test(key)) return [`${key}-01`, addMonths(`${key}-01`, 1)]
  return [key, addDays(key, 1)]
}
