import { Temporal } from 'temporal-polyfill'

const HOUR = 3_600_000

/** Longer than any jump of a clock: the widest, over the date line, are of 24 hours. */
const JUMP = 26 * HOUR

/**
 * The instants at which a slot of that wall-clock reading (as if of UTC, in ms) fires, SPEC 7: a reading that exists
 * twice fires the first time; one in a gap fires within the hour after the gap, at its own minute; one of a date that
 * the zone skipped never. A cron of every hour is continuous instead: both of a repeated reading, none of a gap.
 */
export function instantsOfWallClock(wall: number, timeZone: string, everyHour: boolean): number[] {
  const reading = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime()
  const first = reading.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (!first.toPlainDateTime().equals(reading)) return everyHour ? [] : afterGap(reading, first)
  if (!everyHour) return [first.epochMilliseconds]
  const second = reading.toZonedDateTime(timeZone, { disambiguation: 'later' })
  return [...new Set([first.epochMilliseconds, second.epochMilliseconds])]
}

/** What wall clocks read beyond UTC, in ms, before, at and after an instant: bounds for where a reading can fall. */
export function offsetsAround(at: Date, timeZone: string): number[] {
  return [-JUMP, 0, JUMP].map((away) => {
    const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime() + away).toZonedDateTimeISO(timeZone)
    return zoned.offsetNanoseconds / 1_000_000
  })
}

/** `before` is an instant before the gap that swallowed the reading. */
function afterGap(reading: Temporal.PlainDateTime, before: Temporal.ZonedDateTime): number[] {
  const end = before.getTimeZoneTransition('next')
  if (!end) return []
  const last = end.subtract({ milliseconds: 1 })
  const date = reading.toPlainDate()
  if (!date.equals(last.toPlainDate()) && !date.equals(end.toPlainDate())) return []
  const into = last.toPlainDateTime().until(reading).total('milliseconds') - 1
  return [end.epochMilliseconds + (into % HOUR)]
}
