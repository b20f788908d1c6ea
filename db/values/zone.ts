import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { checkZones, readZoneData, type Zone, type ZoneData, ZoneDataError } from './zone-data.ts'

/**
 * Time zones by our own tz data: no two runtimes know the same rules, and a period is money. Everything that turns instants
 * into local dates or back comes here; the runtime's own rules, PostgreSQL's and Temporal's decide nothing.
 */

/** The release of the tz data in use, such as `2026f`. */
export const zoneDataVersion = (): string => data().version

/** The text of the data, where they are not those that Bursar comes with: for another thread to use them, too. */
export const zoneDataInUse = (): string | undefined => inUse?.text

/** Every zone that the data know, old names and links too. */
export const zoneNames = (): readonly string[] => data().names

/** Whether the data know a time zone of that name, whatever the case of its letters. */
export const isTimeZone = (name: string): boolean => data().find(name) !== undefined

/** Why a text is no time zone, for whoever typed it; undefined where it is one. */
export function timeZoneFault(name: string): string | undefined {
  if (isTimeZone(name)) return undefined
  const version = zoneDataVersion()
  const known = isKnownToRuntime(name)
    ? ` (Node knows the name; the tz data ${version} that Bursar goes by do not)`
    : ''
  return `an IANA name such as Europe/Warsaw${known}`
}

/** How far the clocks of a zone are ahead of UTC at an instant; both in ms. */
export function offsetAt(instant: number, zone: string): number {
  const { starts, offsets } = zoneOrThrow(zone)
  return offsets[stretchAt(starts, instant - cyclesOf(instant))] as number
}

/** What a wall clock reads (as if of UTC, in ms) at an instant. */
export const wallAt = (instant: number, zone: string): number => instant + offsetAt(instant, zone)

/**
 * The first instant at which the clocks of a zone read midnight of a date (as if of UTC, in ms) or later: of two midnights
 * the first, and the end of a gap that swallowed midnight (docs/definitions.md, Periods).
 */
export function startOfDay(midnight: number, zone: string): number {
  const cycles = cyclesOf(midnight)
  const wall = midnight - cycles
  const { starts, offsets } = zoneOrThrow(zone)
  let i = stretchAt(starts, wall - WIDEST)
  for (;;) {
    const instant = Math.max(starts[i] as number, wall - (offsets[i] as number))
    i++
    if (i === starts.length || instant < (starts[i] as number)) return instant + cycles
  }
}

/** Every instant at which the clocks read this (as if of UTC, in ms): none in a gap, two in an overlap. */
export function instantsOf(reading: number, zone: string): number[] {
  const cycles = cyclesOf(reading)
  const wall = reading - cycles
  const { starts, offsets } = zoneOrThrow(zone)
  const found: number[] = []
  for (let i = stretchAt(starts, wall - WIDEST); i < starts.length && (starts[i] as number) <= wall + WIDEST; i++) {
    const instant = wall - (offsets[i] as number)
    if (instant >= (starts[i] as number) && instant < (starts[i + 1] ?? Number.POSITIVE_INFINITY))
      found.push(instant + cycles)
  }
  return found
}

/** The gap in which a reading lies: when the clocks were set, and what they read then; undefined for a reading that exists. */
export function gapAround(reading: number, zone: string): { end: number; before: number; after: number } | undefined {
  const cycles = cyclesOf(reading)
  const wall = reading - cycles
  const { starts, offsets } = zoneOrThrow(zone)
  for (let i = stretchAt(starts, wall - WIDEST) + 1; i < starts.length && (starts[i] as number) <= wall + WIDEST; i++) {
    const start = starts[i] as number
    const [before, after] = [start + (offsets[i - 1] as number), start + (offsets[i] as number)]
    if (wall >= before && wall < after) return { end: start + cycles, before: before + cycles, after: after + cycles }
  }
  return undefined
}

/** What the data say of a zone for the dates that periods are of, 2000 to 2100: equal texts are equal rules. */
export function rulesOf(zone: string): string {
  const { starts, offsets } = zoneOrThrow(zone)
  const [first, after] = [stretchAt(starts, Date.UTC(2000, 0)), stretchAt(starts, Date.UTC(2100, 0))]
  const stretches = Array.from({ length: after - first + 1 }, (_, i) => {
    const start = i === 0 ? '' : starts[first + i]
    return `${start} ${offsets[first + i]}`
  })
  return stretches.join('\n')
}

/** Takes a newer edition of the data, from the text of its file. ZoneDataError where it is damaged, older, or lacks a zone. */
export function takeZoneData(text: string): ZoneData {
  const [own, other] = [pinned(), readZoneData(text)]
  checkZones(other)
  if (other.version < own.version)
    throw new ZoneDataError(`it is of ${other.version}, older than ${own.version} that Bursar comes with`)
  const lost = own.names.find((name) => !other.find(name))
  if (lost !== undefined) throw new ZoneDataError(`it lacks the zone ${lost}`)
  inUse = { ...other, text }
  return other
}

/** What this machine goes by: one process, one edition, set once at its start. */
let inUse: (ZoneData & { readonly text: string }) | undefined
let own: ZoneData | undefined

const data = (): ZoneData => inUse ?? pinned()

/** The edition that Bursar comes with: the newest that npm has, pinned. */
function pinned(): ZoneData {
  own ??= readZoneData(readFileSync(pinnedFile(), 'utf8'))
  return own
}

function pinnedFile(): string {
  try {
    return createRequire(import.meta.url).resolve('moment-timezone/data/packed/latest.json')
  } catch (cause) {
    throw new ZoneDataError('the tz data are not installed (npm ci installs moment-timezone)', { cause })
  }
}

function zoneOrThrow(name: string): Zone {
  const zone = data().find(name)
  if (zone) return zone
  throw new RangeError(`time zone ${JSON.stringify(name)}: expected ${timeZoneFault(name)}`)
}

/** The last stretch that has begun by an instant. */
function stretchAt(starts: Float64Array, instant: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= instant) low = middle
    else high = middle - 1
  }
  return low
}

/** No clock was ever set by more, nor reads further from UTC. */
const WIDEST = 26 * 3_600_000
/** The calendar repeats itself after 400 years, weekdays included, and with it the last rules that the data write out. */
const CYCLE = 146_097 * 86_400_000
const HORIZON = Date.UTC(2498, 0)

const cyclesOf = (at: number): number => (at < HORIZON ? 0 : Math.ceil((at - HORIZON + 1) / CYCLE) * CYCLE)

function isKnownToRuntime(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
