import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkZones, readZoneData } from '../../../db/values/zone-data.ts'

const pinned = readFileSync(createRequire(import.meta.url).resolve('moment-timezone/data/packed/latest.json'), 'utf8')
const data = JSON.parse(pinned) as { version: string; zones: string[]; links: string[] }
const edited = (some: Partial<typeof data>) => JSON.stringify({ ...data, ...some })
const without = (zone: string) => data.zones.filter((packed) => !packed.startsWith(`${zone}|`))

describe('the data that Bursar comes with', () => {
  it('are whole, every zone of them', () => {
    const read = readZoneData(pinned)
    checkZones(read)
    expect(read.version).toMatch(/^20\d\d[a-z]$/)
    expect(read.version >= '2026f').toBe(true)
    expect(read.names.length).toBeGreaterThan(590)
    expect(new Set(read.names).size).toBe(read.names.length)
  })
})

/** Each its own process as it were: what has been taken up stays. */
const fresh = async () => {
  vi.resetModules()
  return import('../../../db/values/zone.ts')
}
afterEach(() => vi.resetModules())

describe('newer data', () => {
  it('are gone by once they are taken up', async () => {
    const zone = await fresh()
    const moved = [...without('Etc/UTC'), 'Etc/UTC|UTC +01|0 -10|01|1Lz50|']
    zone.takeZoneData(edited({ version: '2027a', zones: moved }))
    expect(zone.zoneDataVersion()).toBe('2027a')
    expect(zone.offsetAt(Date.UTC(2040, 0), 'UTC')).toBe(3_600_000)
    expect(zone.zoneDataInUse()).toContain('2027a')
  })

  it.each([
    ['cut off', pinned.slice(0, 5000), 'it is no JSON'],
    ['of something else', '{"version": "1.2"}', 'its version is "1.2", expected one such as 2026f'],
    ['nothing', 'null', 'its version is undefined'],
    ['without zones', '{"version": "2027a"}', 'it has no lists of packed zones and links'],
    ['older', edited({ version: '2026e' }), 'it is of 2026e, older than'],
    ['short of a zone', edited({ zones: without('Asia/Tokyo'), links: [] }), 'it lacks the zone'],
    ['short of a target', edited({ links: ['Mars/Olympus|Mars/Base'] }), 'leads to no zone'],
    ['damaged', edited({ zones: [...without('Etc/UTC'), 'Etc/UTC|UTC|0|01||'] }), 'its zone "Etc/UTC" is damaged'],
    ['garbled', edited({ zones: [...without('Etc/UTC'), 'Etc/UTC|UTC|?|0||'] }), 'its zone "Etc/UTC" is damaged'],
    [
      'out of order',
      edited({ zones: [...without('Etc/UTC'), 'Etc/UTC|A B|0 1|010|5 -6|'] }),
      'its zone "Etc/UTC" is damaged',
    ],
  ])('that are %s are refused, and nothing changes', async (_what, text, reason) => {
    const zone = await fresh()
    expect(() => zone.takeZoneData(text)).toThrow(reason)
    expect(zone.zoneDataVersion()).toBe(data.version)
    expect(zone.zoneDataInUse()).toBeUndefined()
  })
})
