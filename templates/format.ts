/**
 * How figures read in PDF and mail, by the reader's locale (SPEC 5: nowhere else). Always the Gregorian calendar,
 * because periods are of it. Locales are BCP 47; one that is none reads as en-US.
 */
import { dates, numbers } from './format-intl.ts'
import { formatLocal } from './format-local.ts'

export { safeLocale } from './format-intl.ts'
export { formatLocal } from './format-local.ts'
export { periodLabel } from './period-label.ts'

/** What a rate over nothing reads as (SPEC 5). */
const NOTHING = '–'

/** "1234567.50" BRL → "R$ 1.234.567,50": exact at any size, with as many digits as the string has. */
export function formatMoney(amount: string, currency: string, locale: string): string {
  const digits = amount.split('.')[1]?.length ?? 0
  return numbers(locale, { style: 'currency', currency, ...fraction(digits), signDisplay: 'negative' }).format(
    amount as Intl.StringNumericLiteral,
  )
}

/** A count or quantity with grouping; a decimal string keeps its digits. */
export function formatCount(count: number | bigint | string, locale: string): string {
  return numbers(locale, { maximumFractionDigits: 20 }).format(count as Intl.StringNumericLiteral)
}

/** 23.4 → "23.4%"; null, a rate over nothing, → "–". */
export function formatPercent(percent: number | null, locale: string): string {
  return percent === null ? NOTHING : numbers(locale, { ...PERCENT, signDisplay: 'negative' }).format(percent / 100)
}

/** The same with its sign: "+23.4%", "-5.0%", "0.0%". */
export function formatChange(percent: number | null, locale: string): string {
  return percent === null ? NOTHING : numbers(locale, { ...PERCENT, signDisplay: 'exceptZero' }).format(percent / 100)
}

/** The date of an instant in a time zone, or a bare date `YYYY-MM-DD` as it stands. */
export function formatDate(iso: string, timeZone: string, locale: string): string {
  const instant = new Date(iso)
  if (iso.length === 10) return dates(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(instant)
  return formatLocal(instant, timeZone, locale, { dateStyle: 'medium' })
}

/** Date and time to the minute with how far the zone is from UTC. */
export function formatDateTime(iso: string, timeZone: string, locale: string): string {
  return formatLocal(new Date(iso), timeZone, locale, DATE_TIME)
}

const PERCENT = { style: 'percent', ...fraction(1) } as const
const DATE_TIME = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const

function fraction(digits: number) {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits }
}
