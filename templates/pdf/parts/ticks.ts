import { dateText } from '../../locale/dates.ts'
import { compactText } from '../../locale/numbers.ts'

/** A round number on an axis, short: 1500 → "1.5K". */
export const tickLabel = compactText

/** `2018-07` → "Jul", as it stands under a bar. */
export const monthShort = (month: string, locale: string): string => dateText(`${month}-01`, 'monthShort', locale)

/** `2018-07` → "Jul 2018". */
export const monthMedium = (month: string, locale: string): string => dateText(`${month}-01`, 'monthMedium', locale)
