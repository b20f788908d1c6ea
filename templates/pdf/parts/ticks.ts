import { dates, numbers } from '../../format-intl.ts'

/** A round number on an axis, short: 1500 → "1.5K". */
export const tickLabel = (value: number, locale: string): string =>
  numbers(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value)

/** `2018-07` → "Jul", as it stands under a bar. */
export const monthShort = (month: string, locale: string): string =>
  dates(locale, { month: 'short', timeZone: 'UTC' }).format(new Date(`${month}-01`))

/** `2018-07` → "Jul 2018". */
export const monthMedium = (month: string, locale: string): string =>
  dates(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`))
