import { findAccount } from '../db/accounts.ts'
import type { Database } from '../db/client.ts'
import { reports } from '../jobs/index.ts'
import { isoInstant } from '../jobs/period.ts'
import { nextSlots } from '../jobs/slots.ts'

interface CatalogueEntry {
  readonly name: string
  readonly title: string
  readonly audience: string
  /** As it stands for the account, which may have changed the default. */
  readonly schedule: { readonly cron: string; readonly timezone: string; readonly enabled: boolean } | null
  /** The next three occurrences; none while the schedule is disabled. */
  readonly next: readonly string[]
}

/** Every report there is, with its schedule in an account (SPEC 2, `reports`). */
export async function catalogue(db: Database, now: Date, accountId = 1): Promise<CatalogueEntry[]> {
  const account = await findAccount(db, accountId)
  const rows = await db.selectFrom('schedules').selectAll().where('account_id', '=', accountId).execute()
  const schedules = new Map(rows.map((row) => [row.report, row]))
  return reports.map(({ name, title, audience }) => {
    const row = schedules.get(name)
    const schedule = row
      ? { cron: row.cron, timezone: row.timezone ?? account?.timeZone ?? 'UTC', enabled: row.enabled }
      : null
    const next = schedule?.enabled ? nextSlots(schedule.cron, schedule.timezone, now, 3).map(isoInstant) : []
    return { name, title, audience, schedule, next }
  })
}
