import { readFileSync } from 'node:fs'
import { takeZoneData } from '../../db/values/zone.ts'

/**
 * Takes up the tz data of `TZDATA_FILE`, newer than those that Bursar comes with. From then on the process goes by them; a
 * file that is damaged or older is a problem of the environment like any other.
 */
export function takeZones(env: Record<string, string | undefined>): { problems: string[] } {
  const file = env.TZDATA_FILE
  if (!file) return { problems: [] }
  try {
    takeZoneData(readFileSync(file, 'utf8'))
    return { problems: [] }
  } catch (error) {
    const expected = 'expected tz data as moment-timezone packs them, not older than those of this version'
    return { problems: [`TZDATA_FILE: ${JSON.stringify(file)}, ${expected} (${(error as Error).message})`] }
  }
}
