import type { Logger } from 'pino'
import type { Account } from '../../db/access/accounts.ts'
import type { Database } from '../../db/connection/client.ts'
import { checkBoundaries } from '../../db/ledger/boundaries.ts'
import { compareZoneRules, listZonesInUse, newestRelease, type Outdated } from '../../db/ledger/zone-rules.ts'
import { zoneDataVersion } from '../../db/values/zone.ts'
import { Refused } from '../values/refused.ts'

/**
 * Compares our tz data with what has been at work on this ledger, once at the start. Newer data look every used boundary up
 * again; older ones are told of loudly.
 */
export async function takeStock(db: Database, log: Pick<Logger, 'warn'>): Promise<void> {
  const version = zoneDataVersion()
  const newest = await newestRelease(db)
  const outdated = await compareZoneRules(db, await listZonesInUse(db))
  if (newest !== undefined && newest > version) {
    log.warn(
      { tz_data: version, newest, zones: outdated.map(({ zone }) => zone) },
      `the tz data ${version} of this process are older than ${newest} that have been at work here; accounts in these zones are left to newer processes`,
    )
    return
  }
  const moved = await checkBoundaries(db)
  if (moved > 0)
    log.warn(
      { tz_data: version, moved },
      'the rules have moved boundaries of sealed periods; they stay until somebody restates both neighbours',
    )
}

/** The first zone of an account of which a newer process knows other rules; nothing is computed for it here. */
export async function findOutdated(db: Database, { timeZone, calendar }: Account): Promise<Outdated | undefined> {
  const zones = calendar?.zones.map(({ zone }) => zone) ?? [timeZone]
  return (await compareZoneRules(db, zones))[0]
}

/** Refused `conflict` where a newer process knows other rules for the account. */
export async function expectCurrentRules(db: Database, account: Account): Promise<void> {
  const outdated = await findOutdated(db, account)
  if (outdated) throw new Refused('conflict', 'account_id', outdatedText(account, outdated))
}

export const outdatedText = ({ accountId }: Account, { zone, version }: Outdated): string =>
  `account ${accountId}: tz data ${version} of a newer process have other rules for ${zone} than ${zoneDataVersion()} of this one; expected this process to have them too (TZDATA_FILE, or a newer version)`
