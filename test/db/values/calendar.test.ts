import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Calendar, dayAt, dayOf, dayText, startOf, zoneOn } from '../../../db/values/calendar.ts'

const iso = (instant: number) => new Date(instant).toISOString().replace(':00.000Z', 'Z')
const calendar = (...moves: readonly (readonly [string, string])[]): Calendar => ({
  zones: moves.map(([from, zone], i) => ({ from: i === 0 ? Number.NEGATIVE_INFINITY : dayOf(from), zone })),
  used: new Map(),
})

describe('an account that moves', () => {
  const moved = calendar(['', 'Europe/Warsaw'], ['2026-11-20', 'America/New_York'])

  it('begins each date by the zone in force on it', () => {
    expect(iso(startOf(dayOf('2026-11-19'), moved))).toBe('2026-11-18T23:00Z')
    expect(iso(startOf(dayOf('2026-11-20'), moved))).toBe('2026-11-20T05:00Z')
    expect(iso(startOf(dayOf('2026-12-01'), moved))).toBe('2026-12-01T05:00Z')
    expect(zoneOn(dayOf('2026-11-19'), moved)).toBe('Europe/Warsaw')
    expect(zoneOn(dayOf('2026-11-20'), moved)).toBe('America/New_York')
  })

  it('lives through the last date of the old zone until the new one begins', () => {
    expect(dayText(dayAt(Date.parse('2026-11-20T04:59:59Z'), moved))).toBe('2026-11-19')
    expect(dayText(dayAt(Date.parse('2026-11-20T05:00:00Z'), moved))).toBe('2026-11-20')
  })

  it('has no date that ends before it begins, however far it goes east', () => {
    const east = calendar(['', 'Etc/GMT+12'], ['2026-11-20', 'Pacific/Kiritimati'])
    expect(iso(startOf(dayOf('2026-11-19'), east))).toBe('2026-11-19T12:00Z')
    expect(iso(startOf(dayOf('2026-11-20'), east))).toBe('2026-11-19T12:00Z')
    expect(iso(startOf(dayOf('2026-11-21'), east))).toBe('2026-11-20T10:00Z')
  })

  it('keeps the boundaries that sealed periods have used', () => {
    const used = { ...moved, used: new Map([[dayOf('2026-12-01'), Date.parse('2026-12-01T04:00:00Z')]]) }
    expect(iso(startOf(dayOf('2026-12-01'), used))).toBe('2026-12-01T04:00Z')
    expect(dayText(dayAt(Date.parse('2026-12-01T04:30:00Z'), used))).toBe('2026-12-01')
  })
})

it('every instant is of exactly one date, wherever an account moves', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const day = fc.integer({ min: dayOf('2000-01-01') / 86_400_000, max: dayOf('2035-01-01') / 86_400_000 })
  fc.assert(
    fc.property(zone, zone, day, fc.integer({ min: -5, max: 5 }), fc.nat(86_399_999), (old, next, move, days, ms) => {
      const place = { ...calendar(['', old], [dayText(move * 86_400_000), next]) }
      const instant = (move + days) * 86_400_000 + ms
      const found = dayAt(instant, place)
      expect(startOf(found, place)).toBeLessThanOrEqual(instant)
      expect(startOf(found + 86_400_000, place)).toBeGreaterThan(instant)
      expect(startOf(found, place)).toBeLessThanOrEqual(startOf(found + 86_400_000, place))
    }),
    { numRuns: 1000 },
  )
})
