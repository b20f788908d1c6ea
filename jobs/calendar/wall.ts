import { type Place, zoneOn } from '../../db/values/calendar.ts'
import { gapAround, instantsOf, offsetAt } from '../../db/values/zone.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Longer than any jump of a clock: the widest, over the date line, are of 24 hours. */
const JUMP = 26 * HOUR

/**
 * The instants at which a slot of that wall-clock reading (as if of UTC, in ms) fires, docs/operating.md, Schedules: a reading that exists
 * twice fires the first time; one in a gap fires within the hour after the gap, at its own minute; one of a date that
 * the zone skipped never. A cron of every hour is continuous instead: both of a repeated reading, none of a gap. Of an
 * account that moves it is the clock of the zone in force on the reading's date.
 */
export function instantsOfWallClock(wall: number, place: Place, everyHour: boolean): number[] {
  const timeZone = zoneOn(Math.floor(wall / DAY) * DAY, place)
  const instants = instantsOf(wall, timeZone)
  if (everyHour) return instants
  return instants.length > 0 ? instants.slice(0, 1) : afterGap(wall, timeZone)
}

/** What wall clocks read beyond UTC, in ms, before, at and after an instant: bounds for where a reading can fall. */
export function offsetsAround(at: Date, place: Place): number[] {
  const zones = typeof place === 'string' ? [place] : place.zones.map(({ zone }) => zone)
  return zones.flatMap((zone) => [-JUMP, 0, JUMP].map((away) => offsetAt(at.getTime() + away, zone)))
}

function afterGap(wall: number, timeZone: string): number[] {
  const gap = gapAround(wall, timeZone)
  if (!gap) return []
  // read last before the gap, and first after it: a date in between was skipped whole
  const dates = [gap.before - 1, gap.after].map(dateOf)
  return dates.includes(dateOf(wall)) ? [gap.end + ((wall - gap.before) % HOUR)] : []
}

const dateOf = (wall: number): number => Math.floor(wall / DAY)
