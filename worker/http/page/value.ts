import {
  formatCount,
  formatDate,
  formatDateTime,
  formatMoney,
  formatPercent,
  periodLabel,
} from '../../../templates/format.ts'
import type { Sealed } from '../../../templates/statement.ts'

/** A sealed value as it reads on a page. */
export interface Written {
  readonly text: string
  /** Stands at the right of its column. */
  readonly isNumber: boolean
}

/** By the name that a value is sealed under; `currency` where it is not the statement's. */
export type Write = (name: string, value: unknown, currency?: string) => Written

export const NOTHING = '–'

const MONEY = new RegExp(
  `^(.*_)?(${[
    ...['total', 'previous', 'lifetime', 'commission', 'discount', 'earnings', 'savings', 'amount', 'value', 'size'],
    ...['opening', 'earned', 'withdrawn', 'closing', 'available', 'pending', 'blocked', 'revenue', 'pipeline'],
  ].join('|')})(_(created|won))?$|^by_`,
)
const PERCENT = /(^|_)(percent|rate|level)$/
const QUANTITY = /(^|_)(quantity|credits)(_|$)/
const LABEL = /(^|_)(id|key|no)$/
const MOMENT = /(_at|_date|^created|(^|_)since|(^|_)until)$/
const PERIOD = /^(month|label|key)$/

/**
 * In the account's locale and time zone, as its PDF is where the reader has no locale of their own. What a name or a shape
 * does not tell stays as it is sealed: what partners call things is never taken for a number or a date.
 */
export function writerOf({ account, currency }: Pick<Sealed<unknown>, 'account' | 'currency'>): Write {
  const { locale, time_zone: timeZone } = account
  const ofNumber = (name: string, value: number): Written => {
    if (LABEL.test(name)) return text(String(value))
    return number(PERCENT.test(name) ? formatPercent(value, locale) : formatCount(value, locale))
  }
  const ofDecimal = (name: string, value: string, of: string): Written => {
    if (PERCENT.test(name)) return number(formatPercent(Number(value), locale))
    if (QUANTITY.test(name)) return number(formatCount(value, locale))
    return MONEY.test(name) ? number(formatMoney(value, of, locale)) : text(value)
  }
  const ofText = (name: string, value: string): Written => {
    if (MOMENT.test(name) && /^\d{4}-\d{2}-\d{2}$/.test(value)) return text(formatDate(value, timeZone, locale))
    if (MOMENT.test(name) && INSTANT.test(value)) return text(formatDateTime(isoOf(value), timeZone, locale))
    return text(PERIOD.test(name) && /^\d{4}-W?\d{2}$/.test(value) ? periodLabel(value, locale) : value)
  }
  return (name, value, of = currency) => {
    if (typeof value === 'number') return ofNumber(name, value)
    if (typeof value !== 'string' || value === '') return text(plain(value))
    return /^-?\d+(\.\d+)?$/.test(value) ? ofDecimal(name, value, of) : ofText(name, value)
  }
}

const text = (text: string): Written => ({ text, isNumber: false })
const number = (text: string): Written => ({ text, isNumber: true })

/** ISO 8601, or as the contract's tables have it, without a zone but in UTC. */
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z?$/
const isoOf = (instant: string): string => instant.replace(' ', 'T').replace(/Z?$/, 'Z')

function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return NOTHING
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.map(plain).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
