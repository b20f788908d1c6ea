import { dates } from './format-intl.ts'

/** A period's key for a reader: "July 2018", "Week 42, 2018 (October 15 – 21)", "Q3 2026"; what is no key stays as it is. */
export function periodLabel(key: string, locale: string): string {
  const [, year, unit] = /^(\d{4})-([WQ]?\d{1,2})$/.exec(key) ?? []
  if (year && unit?.startsWith('W')) return weekLabel(Number(year), Number(unit.slice(1)), locale)
  if (year && unit?.startsWith('Q')) return `${unit} ${year}`
  if (year) return dates(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${key}-01`))
  if (/^\d{4}-\d{2}-\d{2}$/.test(key)) return dates(locale, LONG).format(new Date(key))
  const [first, last] = key.split('..')
  return first && last ? dates(locale, LONG).formatRange(new Date(first), new Date(last)) : key
}

function weekLabel(year: number, week: number, locale: string): string {
  const fourth = utcDay(year, 1, 4) // always in week 1
  const monday = fourth + ((week - 1) * 7 - ((new Date(fourth).getUTCDay() + 6) % 7)) * DAY
  const sunday = new Date(monday + 6 * DAY)
  const oneYear = new Date(monday).getUTCFullYear() === sunday.getUTCFullYear()
  const style = oneYear ? ({ day: 'numeric', month: 'long', timeZone: 'UTC' } as const) : LONG
  return `Week ${week}, ${year} (${dates(locale, style).formatRange(new Date(monday), sunday)})`
}

const LONG = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const
const DAY = 86_400_000

/** Date.UTC reads the years 0 to 99 as of the 20th century. */
const utcDay = (year: number, month: number, day: number) => new Date(0).setUTCFullYear(year, month - 1, day)
