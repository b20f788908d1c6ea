/** An edition of the tz data; zones are unpacked when they are first asked for. */
export interface ZoneData {
  /** As the tz project names its releases: `2026f`. */
  readonly version: string
  /** Every name, old ones and links too. */
  readonly names: readonly string[]
  /** Whatever the case of its letters. */
  readonly find: (name: string) => Zone | undefined
}

/** Stretches of one offset each: the i-th runs from `starts[i]` to `starts[i + 1]`. In ms, offsets east of UTC. */
export interface Zone {
  readonly name: string
  readonly starts: Float64Array
  readonly offsets: Float64Array
}

/** What was read is no tz data: says what is wrong with it. */
export class ZoneDataError extends Error {
  override readonly name = 'ZoneDataError'
}

/** Reads what moment-timezone packs (`data/packed/latest.json`). Names and links are looked at now, a zone when it is asked for. */
export function readZoneData(text: string): ZoneData {
  const { version, zones, links } = parse(text)
  const packed = new Map(zones.map((zone) => [nameOf(zone), zone]))
  const targets = new Map([...packed.keys()].map((name) => [name.toLowerCase(), name]))
  const names = [...packed.keys()]
  for (const link of links) {
    const [from = '', to = ''] = link.split('|')
    // either of the two may be the one that is packed
    const [target, alias] = targets.has(from.toLowerCase()) ? [from, to] : [to, from]
    const zone = targets.get(target.toLowerCase())
    if (!zone || !alias) throw new ZoneDataError(`the link ${JSON.stringify(link)} leads to no zone`)
    targets.set(alias.toLowerCase(), zone)
    names.push(alias)
  }
  const unpacked = new Map<string, Zone>()
  const find = (name: string) => {
    const target = targets.get(name.toLowerCase())
    if (target === undefined) return undefined
    const zone = unpacked.get(target) ?? unpack(packed.get(target) as string)
    unpacked.set(target, zone)
    return zone
  }
  return { version, names, find }
}

/** Looks into every zone. ZoneDataError names the first that is damaged. */
export function checkZones(data: ZoneData): void {
  for (const name of data.names) data.find(name)
}

interface Packed {
  readonly version: string
  readonly zones: readonly string[]
  readonly links: readonly string[]
}

function parse(text: string): Packed {
  let value: Partial<Packed> | null
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ZoneDataError(`it is no JSON (${(cause as Error).message})`, { cause })
  }
  const { version, zones, links = [] } = value ?? {}
  if (typeof version !== 'string' || !/^\d{4}[a-z]{1,2}$/.test(version))
    throw new ZoneDataError(`its version is ${JSON.stringify(version)}, expected one such as 2026f`)
  if (!isTexts(zones) || !isTexts(links)) throw new ZoneDataError('it has no lists of packed zones and links')
  return { version, zones, links }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const nameOf = (packed: string): string => packed.slice(0, packed.indexOf('|'))

const HOUR = 3_600_000
/** Wider than any clock ever was. */
const WIDEST = 26 * HOUR

/** `name|abbreviations|offsets, west|index of each stretch|ends of the stretches, minutes after the one before|population` */
function unpack(packed: string): Zone {
  const [name = '', , offsets = '', indices = '', ends = ''] = packed.split('|')
  const west = offsets.split(' ').map(seconds)
  const zone = {
    name,
    starts: new Float64Array(indices.length),
    offsets: Float64Array.from(indices, (index) => 0 - 1000 * (west[digit(index)] ?? Number.NaN)),
  }
  const gaps = ends === '' ? [] : ends.split(' ')
  zone.starts[0] = Number.NEGATIVE_INFINITY
  let end = 0
  gaps.forEach((gap, i) => {
    end += seconds(gap) * 1000
    zone.starts[i + 1] = end
  })
  const isRising = zone.starts.every((start, i) => i === 0 || start > (zone.starts[i - 1] as number))
  const isOffset = zone.offsets.every((offset) => Math.abs(offset) < WIDEST)
  if (name && indices && gaps.length === indices.length - 1 && isRising && isOffset) return zone
  throw new ZoneDataError(`its zone ${JSON.stringify(name)} is damaged`)
}

/** Minutes in base 60, fractions too, as whole seconds. */
function seconds(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  let minutes = 0
  for (const sign of whole) minutes = minutes * 60 + digit(sign)
  let place = 1
  for (const sign of fraction) {
    place /= 60
    minutes += digit(sign) * place
  }
  return Math.round(minutes * 60) * (text.startsWith('-') ? -1 : 1)
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'
const values = new Map([...DIGITS].map((sign, value) => [sign, value]))
const digit = (sign: string): number => values.get(sign) ?? Number.NaN
