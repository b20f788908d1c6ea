import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { offsetAt, zoneNames } from '../../../db/values/zone.ts'

const FOLDER = '/usr/share/zoneinfo'
const YEARS = '2000,2037'
/** Their law has changed since 2025b: a system whose tz data are older has them otherwise from 2022 on. */
const CHANGED = new Set(
  'Europe/Chisinau Europe/Tiraspol America/Vancouver Canada/Pacific America/Edmonton Canada/Mountain America/Yellowknife Africa/Casablanca Africa/El_Aaiun America/Inuvik America/Winnipeg Canada/Central America/Rainy_River America/Havana Cuba'.split(
    ' ',
  ),
)
const SINCE = Date.UTC(2022, 0, 1)

const hasZdump = (() => {
  try {
    execFileSync('zdump', ['--version'], { stdio: 'ignore' })
    return existsSync(`${FOLDER}/Europe/Warsaw`)
  } catch {
    return false
  }
})()
if (!hasZdump)
  process.stdout.write('no zdump with zoneinfo here: the compiled tz data of the system are not compared\n')

/** `Europe/Warsaw  Sun Mar 29 01:00:00 2026 UT = … isdst=1 gmtoff=7200`: the second of a change, and the one before it. */
const LINE = /^(\S+) +\w+ (\w+ +\d+ [\d:]+ \d+) UT = .* gmtoff=(-?\d+)$/

test.runIf(hasZdump)('every change of every zone comes at the second that zic compiled from the same rules', () => {
  const zones = zoneNames().filter((zone) => existsSync(`${FOLDER}/${zone}`))
  const dump = execFileSync('zdump', ['-v', '-c', YEARS, ...zones], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  const wrong: string[] = []
  let compared = 0
  for (const line of dump.split('\n')) {
    const [, zone = '', utc = '', offset = ''] = LINE.exec(line) ?? []
    const at = Date.parse(`${utc} UTC`)
    if (!zone || Number.isNaN(at) || (CHANGED.has(zone) && at >= SINCE)) continue
    compared++
    if (offsetAt(at, zone) !== Number(offset) * 1000) wrong.push(`${line}, not ${offsetAt(at, zone) / 1000}`)
  }
  expect(wrong.slice(0, 20)).toEqual([])
  expect(zones.length).toBeGreaterThan(400)
  expect(compared).toBeGreaterThan(30_000)
})
