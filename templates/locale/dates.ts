import { offsetAt } from '../../db/values/zone.ts'
import type { DateName, Template } from './forms.ts'
import { type Locale, localeOf } from './locale.ts'
import { localDigits } from './numbers.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** An instant on the clocks of a time zone, which are reckoned by our own tz data. The name of a zone is its distance from UTC. */
export function instantText(at: Date, timeZone: string, name: DateName, tag: string): string {
  const locale = localeOf(tag)
  const offset = offsetAt(at.getTime(), timeZone)
  const zone = isUtc(timeZone) && offset === 0 ? locale.dates.zone[0] : zoneText(offset, locale)
  return filled(locale, locale.dates.forms[name], { first: at.getTime() + offset, zone })
}

/** A date `YYYY-MM-DD` as it stands. */
export function dateText(date: string, name: DateName, tag: string): string {
  const locale = localeOf(tag)
  return filled(locale, locale.dates.forms[name], { first: Date.parse(date) })
}

/** From one date to another, both given as their first instants in UTC; of one and the same, that date. */
export function rangeText(first: number, last: number, name: 'long' | 'day', tag: string): string {
  const locale = localeOf(tag)
  if (first === last) return filled(locale, locale.dates.forms.long, { first })
  const [from, to] = [new Date(first), new Date(last)]
  const ranges: { days: Template; months: Template; years?: Template } = locale.dates.ranges[name]
  const inYear = from.getUTCFullYear() === to.getUTCFullYear()
  const form = !inYear ? ranges.years : from.getUTCMonth() === to.getUTCMonth() ? ranges.days : ranges.months
  return filled(locale, form ?? ranges.months, { first, last })
}

interface Fields {
  /** Milliseconds whose UTC fields are what the clocks show. */
  readonly first: number
  readonly last?: number
  readonly zone?: string
}

function filled(locale: Locale, template: Template, { first, last = first, zone = '' }: Fields): string {
  const [text, months] = typeof template === 'string' ? [template, 0] : template
  const names = locale.dates.months[months] ?? []
  return text.replace(/\{([a-zA-Z]+)(2?)\}/g, (_field, name: string, second: string) =>
    name === 'z' ? zone : fieldText(name, new Date(second ? last : first), names, locale),
  )
}

function fieldText(name: string, date: Date, months: readonly string[], locale: Locale): string {
  const hour = date.getUTCHours()
  const digits = (number: number, length = 1) => localDigits(String(number).padStart(length, '0'), locale)
  switch (name) {
    case 'L':
      return months[date.getUTCMonth()] ?? ''
    case 'E':
      return locale.dates.weekdays[date.getUTCDay()] ?? ''
    case 'a':
      return locale.dates.halves[hour] ?? ''
    case 'h':
      return localDigits(locale.dates.hours[hour] ?? '', locale)
    case 'm':
      return digits(date.getUTCMinutes(), 2)
    case 'y':
      return digits(date.getUTCFullYear())
    case 'yy':
      return digits(date.getUTCFullYear() % 100, 2)
    case 'd':
    case 'dd':
      return digits(date.getUTCDate(), name.length)
    default:
      return digits(date.getUTCMonth() + 1, name.length)
  }
}

const isUtc = (timeZone: string): boolean => /^(etc\/)?(utc|uct|universal|zulu)$/i.test(timeZone)

/** "GMT+1", "GMT-3:30": with minutes where there are any. */
function zoneText(offset: number, locale: Locale): string {
  const [, none, ahead, behind] = locale.dates.zone
  const hours = Math.trunc(offset / HOUR)
  const minutes = Math.abs(Math.trunc((offset - hours * HOUR) / MINUTE))
  const named =
    hours === 0 ? none : (hours > 0 ? ahead : behind).replace('#', localDigits(String(Math.abs(hours)), locale))
  return minutes === 0 ? named : `${named}:${localDigits(String(minutes).padStart(2, '0'), locale)}`
}
