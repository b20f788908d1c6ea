import { DAY_MS } from './durations.ts'
import { startOfDay, wallAt } from './zone.ts'

/** A local date as the midnight, in ms, that begins it in UTC; a zone turns it into an instant. */
export type Day = number

/**
 * An account's local time: one zone, or several one after another, and the boundaries that are facts already. A date begins
 * by the zone in force on it, so that periods tile over a move as they do within a zone.
 */
export interface Calendar {
  /** Oldest first; the first is in force on every date before, too. */
  readonly zones: readonly { readonly from: Day; readonly zone: string }[]
  /** First instants of dates that sealed periods have used: whatever the rules say now, these stay. */
  readonly used: ReadonlyMap<Day, number>
}

/** Where dates begin: a zone by its name, or an account's calendar. */
export type Place = string | Calendar

/** Where the dates of an account, or of a period, begin. */
export const placeOf = (of: { readonly timeZone: string; readonly calendar?: Calendar }): Place =>
  of.calendar ?? of.timeZone

/** The zone in force on a date. */
export function zoneOn(day: Day, place: Place): string {
  if (typeof place === 'string') return place
  const { zones } = place
  const found = zones.findLast(({ from }, i) => i === 0 || from <= day)
  if (!found) throw new RangeError('a calendar has at least one zone')
  return found.zone
}

/** The first instant of a date; of one that the zone skipped, the first of the next one (docs/definitions.md, Periods). */
export function startOf(day: Day, place: Place): number {
  if (typeof place === 'string') return startOfDay(day, place)
  const used = place.used.get(day)
  if (used !== undefined) return used
  const start = startOfDay(day, zoneOn(day, place))
  // over a move eastwards by a day, the last date of the old zone has not begun when the first of the new one would
  const moves = place.zones.some(({ from }, i) => i > 0 && from === day)
  return moves ? Math.max(start, startOf(day - DAY_MS, place)) : start
}

/** The date that has begun last at an instant: where a clock is set back over midnight, the one that had begun already. */
export function dayAt(instant: number, place: Place): Day {
  const zone = zoneOn(Number.MAX_VALUE, place)
  let day = Math.floor(wallAt(instant, zone) / DAY_MS) * DAY_MS
  while (startOf(day, place) > instant) day -= DAY_MS
  while (startOf(day + DAY_MS, place) <= instant) day += DAY_MS
  return day
}

/** The zone whose clocks an account goes by at an instant. */
export const zoneAt = (instant: number, place: Place): string => zoneOn(dayAt(instant, place), place)

/** `2026-11-01`; of the years 0 to 9999. */
export const dayText = (day: Day): string => new Date(day).toISOString().slice(0, 10)

/** The other way round: of a date that exists. */
export const dayOf = (text: string): Day => Date.parse(`${text}T00:00:00Z`)
