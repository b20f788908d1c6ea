import { dates } from './format-intl.ts'
import { DAY, mondayOf } from './period-dates.ts'

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
  const monday = mondayOf(year, week)
  const sunday = new Date(monday + 6 * DAY)
  const oneYear = new Date(monday).getUTCFullYear() === sunday.getUTCFullYear()
  const style = oneYear ? ({ day: 'numeric', month: 'long', timeZone: 'UTC' } as const) : LONG
  return `Week ${week}, ${year} (${dates(locale, style).formatRange(new Date(monday), sunday)})`
}

const LONG = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const
