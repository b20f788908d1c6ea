import { sql } from 'kysely'
import type { Database } from '../connection/client.ts'
import { sha256Of } from '../values/sha256.ts'
import { isTimeZone, rulesOf, zoneDataVersion } from '../values/zone.ts'

/** A zone of which a newer release that has been at work here says something else than the one this process goes by. */
export interface Outdated {
  readonly zone: string
  readonly version: string
}

/** Says what our release makes of these zones, and gives back those of which a newer one says something else. */
export async function compareZoneRules(db: Database, zones: readonly string[]): Promise<Outdated[]> {
  const version = zoneDataVersion()
  const names = [...new Set(zones)].filter(isTimeZone)
  if (names.length === 0) return []
  const ours = new Map(names.map((zone) => [zone, hashOf(zone)]))
  const known = await db
    .selectFrom('zone_rules')
    .select(['zone', 'version', 'sha256'])
    .where('zone', 'in', names)
    .orderBy('version')
    .execute()
  const said = new Set(known.filter((row) => row.version === version).map(({ zone }) => zone))
  const rows = [...ours].filter(([zone]) => !said.has(zone)).map(([zone, sha256]) => ({ zone, version, sha256 }))
  if (rows.length > 0)
    await db
      .insertInto('zone_rules')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  const newest = new Map(known.map((row) => [row.zone, row]))
  return [...newest.values()].filter((row) => row.version > version && row.sha256 !== ours.get(row.zone))
}

/** The newest release that has been at work here. */
export async function newestRelease(db: Database): Promise<string | undefined> {
  const { rows } = await sql<{ version: string | null }>`select max(version) as version from zone_rules`.execute(db)
  return rows[0]?.version ?? undefined
}

/** Every zone in which something is reckoned here. */
export async function listZonesInUse(db: Database): Promise<string[]> {
  const { rows } = await sql<{ zone: string }>`select timezone as zone from accounts
    union select zone from former_time_zones union select timezone from schedules where timezone is not null`.execute(
    db,
  )
  return rows.map(({ zone }) => zone)
}

const hashOf = (zone: string): string => sha256Of(rulesOf(zone))
