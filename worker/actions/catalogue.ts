import type { Database } from '../../db/connection/client.ts'
import { listSchedules } from '../../db/ledger/schedules.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import { nextSlots } from '../../jobs/calendar/slots.ts'
import { reports } from '../../jobs/index.ts'
import { clocksOf } from '../schedule/due.ts'

interface CatalogueEntry {
  readonly name: string
  readonly title: string
  readonly audience: string
  /** As it stands for the account, which may have changed the default. */
  readonly schedule: { readonly cron: string; readonly timezone: string; readonly enabled: boolean } | null
  /** The next three occurrences; none while the schedule is disabled. */
  readonly next: readonly string[]
}

/** Every report there is, with its schedule in an account. */
export async function catalogue(db: Database, now: Date, accountId = 1): Promise<CatalogueEntry[]> {
  const schedules = new Map((await listSchedules(db, { accountId })).map((row) => [row.report, row]))
  return reports.map(({ name, title, audience }) => {
    const row = schedules.get(name)
    const schedule = row
      ? { cron: row.cron, timezone: row.timezone ?? row.account_timezone, enabled: row.enabled }
      : null
    const next = row?.enabled ? nextSlots(row.cron, clocksOf(row), now, 3).map(isoInstant) : []
    return { name, title, audience, schedule, next }
  })
}
