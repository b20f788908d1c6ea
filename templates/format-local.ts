import { offsetAt } from '../db/values/zone.ts'
import { dates, numbers } from './format-intl.ts'

type Options = Omit<Intl.DateTimeFormatOptions, 'timeZone'>

/**
 * An instant on the clocks of a time zone. What they read is reckoned with our own tz data; the runtime, whose rules may be
 * older, only puts it into words. A zone's name is its distance from UTC ("GMT+1"), for which no rule has to be known.
 */
export function formatLocal(instant: Date, timeZone: string, locale: string, options: Options): string {
  const offset = offsetAt(instant.getTime(), timeZone)
  if (!options.timeZoneName) return dates(locale, { ...options, timeZone: 'UTC' }).format(instant.getTime() + offset)
  if (offset === 0 && isUtc(timeZone)) return dates(locale, { ...options, timeZone: 'UTC' }).format(instant)
  if (offset % HOUR === 0) return dates(locale, { ...options, timeZone: fixedZone(offset / HOUR) }).format(instant)
  return withMinutes(instant, offset, locale, options)
}

const HOUR = 3_600_000
const MINUTE = 60_000

const isUtc = (timeZone: string): boolean => /^(etc\/)?(utc|uct|universal|zulu)$/i.test(timeZone)

/** Zones that never change, and that every runtime has: their signs are turned round. */
const fixedZone = (hours: number): string =>
  hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`

/** There is no fixed zone of half an hour: the name of the whole hour, and the minutes after it. */
function withMinutes(instant: Date, offset: number, locale: string, options: Options): string {
  const whole = Math.trunc(offset / HOUR)
  const minutes = Math.abs(Math.trunc((offset - whole * HOUR) / MINUTE))
  const form = dates(locale, { ...options, timeZone: fixedZone(whole) })
  const shifted = instant.getTime() + offset - whole * HOUR
  const name = form.zoneName(shifted)
  return form.format(shifted).replace(name, `${name}:${numbers(locale, { minimumIntegerDigits: 2 }).format(minutes)}`)
}
