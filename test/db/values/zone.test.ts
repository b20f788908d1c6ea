import { Temporal } from 'temporal-polyfill'
import { describe, expect, it, test } from 'vitest'
import {
  gapAround,
  instantsOf,
  isTimeZone,
  offsetAt,
  startOfDay,
  timeZoneFault,
  zoneDataVersion,
  zoneNames,
} from '../../../db/values/zone.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('what the law says, and runtimes do not all know yet (tz data 2026f)', () => {
  it.each([
    ['America/Vancouver', '2026-11-02T00:00:00Z', -7],
    ['America/Vancouver', '2027-01-15T00:00:00Z', -7],
    ['America/Edmonton', '2026-12-01T00:00:00Z', -6],
    ['Africa/Casablanca', '2026-10-01T00:00:00Z', 0],
    ['Africa/El_Aaiun', '2027-03-01T00:00:00Z', 0],
    ['America/Inuvik', '2026-12-01T00:00:00Z', -6],
    ['America/Winnipeg', '2026-12-01T00:00:00Z', -5],
    ['America/Havana', '2026-12-01T00:00:00Z', -4],
    ['Europe/Chisinau', '2026-10-25T00:59:59Z', 3],
    ['Europe/Chisinau', '2026-10-25T01:00:00Z', 2],
    ['Europe/Warsaw', '2026-12-01T00:00:00Z', 1],
    ['Asia/Kathmandu', '2026-12-01T00:00:00Z', 5.75],
  ])('%s at %s is %d hours from UTC', (zone, instant, hours) => {
    expect(offsetAt(Date.parse(instant), zone) / HOUR).toBe(hours)
  })
})

describe('a wall clock', () => {
  const at = (text: string) => Date.parse(`${text}Z`)
  const iso = (instants: readonly number[]) => instants.map((instant) => new Date(instant).toISOString().slice(0, 16))

  it('reads a time once, twice in autumn, and never in a gap', () => {
    expect(iso(instantsOf(at('2026-07-01T12:00'), 'Europe/Warsaw'))).toEqual(['2026-07-01T10:00'])
    expect(iso(instantsOf(at('2026-10-25T02:30'), 'Europe/Warsaw'))).toEqual(['2026-10-25T00:30', '2026-10-25T01:30'])
    expect(iso(instantsOf(at('2026-03-29T02:30'), 'Europe/Warsaw'))).toEqual([])
  })

  it('leaps over a gap', () => {
    const [before, after] = [at('2026-03-29T02:00'), at('2026-03-29T03:00')]
    const gap = { end: at('2026-03-29T01:00'), before, after }
    expect(gapAround(at('2026-03-29T02:00'), 'Europe/Warsaw')).toEqual(gap)
    expect(gapAround(at('2026-03-29T03:00') - 1, 'Europe/Warsaw')).toEqual(gap)
    expect(gapAround(at('2026-03-29T03:00'), 'Europe/Warsaw')).toBeUndefined()
    expect(gapAround(at('2026-03-29T02:00') - 1, 'Europe/Warsaw')).toBeUndefined()
  })
})

describe('names', () => {
  it.each([
    'Europe/Kiev',
    'Europe/Kyiv',
    'US/Pacific',
    'UTC',
    'Etc/UTC',
    'GMT',
    'Asia/Calcutta',
    'europe/warsaw',
    'EST',
  ])('%s is one', (name) => expect(isTimeZone(name)).toBe(true))

  it.each(['', '+02:00', '-08', 'Mars/Olympus', 'Europe/Warsaw ', '__proto__', 'LMT'])('%j is none', (name) => {
    expect(timeZoneFault(name)).toBe('an IANA name such as Europe/Warsaw')
    expect(() => offsetAt(0, name)).toThrow(`time zone ${JSON.stringify(name)}: expected an IANA name`)
  })

  it('that only the runtime knows are refused with the reason', () => {
    expect(timeZoneFault('SystemV/AST4')).toBe(
      `an IANA name such as Europe/Warsaw (Node knows the name; the tz data ${zoneDataVersion()} that Bursar goes by do not)`,
    )
  })

  it('of links go by the zone that they lead to', () => {
    for (const [old, now] of [
      ['Europe/Kiev', 'Europe/Kyiv'],
      ['US/Pacific', 'America/Los_Angeles'],
    ] as const)
      for (let at = Date.UTC(1990, 0); at < Date.UTC(2030, 0); at += 30 * DAY)
        expect(offsetAt(at, old)).toBe(offsetAt(at, now))
  })

  it('are at least those that the runtime lists', () => {
    const known = new Set(zoneNames())
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !known.has(name))).toEqual([])
  })
})

/** Where the rules are known to have changed since the oldest data that a supported runtime carries. */
const CHANGED = new Set(
  'Europe/Chisinau America/Vancouver America/Edmonton Africa/Casablanca Africa/El_Aaiun America/Inuvik America/Winnipeg America/Havana'.split(
    ' ',
  ),
)
const zones = Intl.supportedValuesOf('timeZone').filter((zone) => !CHANGED.has(zone))

test('the first instants of dates are Temporal’s, wherever both know the same rules', () => {
  const wrong: string[] = []
  for (const zone of zones)
    for (const date of [
      '1970-01-01',
      '1999-12-31',
      '2011-12-30',
      '2018-11-04',
      '2026-03-29',
      '2026-10-25',
      '2027-04-04',
      '2028-02-29',
    ]) {
      const theirs = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds
      const ours = startOfDay(Date.parse(`${date}T00:00:00Z`), zone)
      if (ours !== theirs)
        wrong.push(`${zone} ${date}: ${new Date(ours).toISOString()}, not ${new Date(theirs).toISOString()}`)
    }
  expect(wrong).toEqual([])
})
