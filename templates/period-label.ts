import { dateText, rangeText } from './locale/dates.ts'
import { DAY, mondayOf } from './period-dates.ts'

/** A period's key for a reader: "July 2018", "Week 42, 2018 (October 15 – 21)", "Q3 2026"; what is no key stays as it is. */
export function periodLabel(key: string, locale: string): string {
  const [, year, unit] = /^(\d{4})-([WQ]?\d{1,2})$/.exec(key) ?? []
  if (year && unit?.startsWith('W')) return weekLabel(Number(year), Number(unit.slice(1)), locale)
  if (year && unit?.startsWith('Q')) return `${unit} ${year}`
  if (year) return dateText(`${key}-01`, 'month', locale)
  if (/^\d{4}-\d{2}-\d{2}$/.test(key)) return dateText(key, 'long', locale)
  const [first, last] = key.split('..')
  return first && last ? rangeText(Date.parse(first), Date.parse(last), 'long', locale) : key
}

function weekLabel(year: number, week: number, locale: string): string {
  const monday = mondayOf(year, week)
  const sunday = monday + 6 * DAY
  const oneYear = new Date(monday).getUTCFullYear() === new Date(sunday).getUTCFullYear()
  return `Week ${week}, ${year} (${rangeText(monday, sunday, oneYear ? 'day' : 'long', locale)})`
}
