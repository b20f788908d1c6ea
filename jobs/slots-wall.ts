import { gapAround, instantsOf, offsetAt } from '../db/values/zone.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Longer than any jump of a clock: the widest, over the date line, are of 24 hours. */
const JUMP = 26 * HOUR

/**
 * The instants at which a slot of that wall-clock reading (as if of UTC, in ms) fires, SPEC 7: a reading that exists
 * twice fires the first time; one in a gap fires within the hour after the gap, at its own minute; one of a date that
 * the zone skipped never. A cron of every hour is continuous instead: both of a repeated reading, none of a gap.
 */
export function instantsOfWallClock(wall: number, timeZone: string, everyHour: boolean): number[] {
  const instants = instantsOf(wall, timeZone)
  if (everyHour) return instants
  return instants.length > 0 ? instants.slice(0, 1) : afterGap(wall, timeZone)
}

/** What wall clocks read beyond UTC, in ms, before, at and after an instant: bounds for where a reading can fall. */
export function offsetsAround(at: Date, timeZone: string): number[] {
  return [-JUMP, 0, JUMP].map((away) => offsetAt(at.getTime() + away, timeZone))
}

function afterGap(wall: number, timeZone: string): number[] {
  const gap = gapAround(wall, timeZone)
  if (!gap) return []
  // read last before the gap, and first after it: a date in between was skipped whole
  const dates = [gap.before - 1, gap.after].map(dateOf)
  return dates.includes(dateOf(wall)) ? [gap.end + ((wall - gap.before) % HOUR)] : []
}

const dateOf = (wall: number): number => Math.floor(wall / DAY)
