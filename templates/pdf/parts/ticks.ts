import { safeLocale } from '../../format.ts'
import { dates } from '../../format-intl.ts'

const compact = new Map<string, Intl.NumberFormat>()

/** A round number on an axis, short: 1500 → "1.5K". */
export function tickLabel(value: number, locale: string): string {
  const format =
    compact.get(locale) ??
    new Intl.NumberFormat(safeLocale(locale), { notation: 'compact', maximumSignificantDigits: 3 })
  compact.set(locale, format)
  return format.format(value)
}

/** `2018-07` → "Jul", as it stands under a bar. */
export const monthShort = (month: string, locale: string): string =>
  dates(locale, { month: 'short', timeZone: 'UTC' }).format(new Date(`${month}-01`))

/** `2018-07` → "Jul 2018". */
export const monthMedium = (month: string, locale: string): string =>
  dates(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`))
