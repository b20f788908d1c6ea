/**
 * How figures read in PDF and mail, by the reader's locale (nowhere else). Always the Gregorian calendar,
 * because periods are of it. Locales are BCP 47; one that Bursar does not speak reads as en-US.
 */
import { dateText, instantText } from './locale/dates.ts'
import { localeOf } from './locale/locale.ts'
import { decimalText, moneyText, percentText } from './locale/numbers.ts'

export { periodLabel } from './period-label.ts'

/** What a rate over nothing reads as (docs/definitions.md, Figures). */
const NOTHING = '–'

/** The locale that texts of `text` are in. */
export const safeLocale = (text: string | null | undefined): string => localeOf(text).tag

/** "1234567.50" BRL → "R$ 1.234.567,50": exact at any size, with as many digits as the string has. */
export const formatMoney = moneyText

/** A count or quantity with grouping; a decimal string keeps its digits. */
export function formatCount(count: number | bigint | string, locale: string): string {
  return decimalText(String(count), locale)
}

/** 23.4 → "23.4%"; null, a rate over nothing, → "–". */
export function formatPercent(percent: number | null, locale: string): string {
  return percent === null ? NOTHING : percentText(percent, locale, { signed: false })
}

/** The same with its sign: "+23.4%", "-5.0%", "0.0%". */
export function formatChange(percent: number | null, locale: string): string {
  return percent === null ? NOTHING : percentText(percent, locale, { signed: true })
}

/** The date of an instant in a time zone, or a bare date `YYYY-MM-DD` as it stands. */
export function formatDate(iso: string, timeZone: string, locale: string): string {
  return iso.length === 10 ? dateText(iso, 'medium', locale) : instantText(new Date(iso), timeZone, 'medium', locale)
}

/** Date and time to the minute with how far the zone is from UTC. */
export function formatDateTime(iso: string, timeZone: string, locale: string): string {
  return instantText(new Date(iso), timeZone, 'zoned', locale)
}
