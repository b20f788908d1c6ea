import type { Insertable } from 'kysely'
import type { Database } from '../../db/connection/client.ts'
import type { Schedule } from '../../db/ledger/schedules.ts'
import type { Schema } from '../../db/schema.ts'

/** A schedule as it comes from the ledger: the first of the month at six, in an account that reads UTC. */
export const aSchedule = (some: Partial<Schedule> = {}): Schedule => ({
  account_id: 1,
  report: 'tally',
  cron: '0 6 1 * *',
  timezone: null,
  account_timezone: 'UTC',
  enabled: true,
  recipients: [],
  catch_up: 'latest',
  max_age_days: 35,
  readiness: null,
  enabled_at: null,
  created_at: new Date('2026-01-10T00:00:00Z'),
  updated_at: new Date('2026-01-10T00:00:00Z'),
  ...some,
})

/** The same as a row; account 1 must be there. */
export async function insertSchedule(db: Database, some: Partial<Insertable<Schema['schedules']>> = {}): Promise<void> {
  const { account_timezone, readiness, ...row } = aSchedule()
  await db
    .insertInto('schedules')
    .values({ ...row, readiness: null, ...some })
    .execute()
}
