import { findAccount } from '../../db/access/accounts.ts'
import { insertAudit } from '../../db/access/audit.ts'
import type { Database } from '../../db/connection/client.ts'
import { changeSchedule, findSchedule, listSchedules, type Schedule } from '../../db/ledger/schedules.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import { nextSlots } from '../../jobs/calendar/slots.ts'
import { clocksOf } from '../schedule/due.ts'
import type { Readiness } from '../schedule/readiness.ts'
import { Refused } from '../values/refused.ts'
import { hint } from '../values/suggest.ts'
import { checkChange, type ScheduleChange } from './check-schedule.ts'

export type { ScheduleChange }

/** A schedule as the command line and HTTP show it. */
export interface ScheduleDescription {
  readonly report: string
  readonly account_id: number
  readonly cron: string
  /** Its own, else the account's. */
  readonly timezone: string
  readonly follows_account_timezone: boolean
  readonly enabled: boolean
  readonly recipients: readonly string[]
  readonly catch_up: string
  readonly max_age_days: number
  readonly readiness: Readiness | null
  /** The next five occurrences, ISO 8601; none while the schedule is disabled. */
  readonly next: readonly string[]
}

/** The schedules of one account or of all, by account and report. */
export async function describeSchedules(db: Database, now: Date, accountId?: number): Promise<ScheduleDescription[]> {
  return (await listSchedules(db, { accountId })).map((schedule) => describe(schedule, now))
}

/**
 * Changes a schedule, all of what is asked or nothing; every scheduler goes by it from its next tick on. Refused
 * `invalid` names field, value and what was expected; `unknown` where the account or its schedule does not exist.
 */
export async function updateSchedule(
  db: Database,
  accountId: number,
  report: string,
  change: ScheduleChange,
  now: Date,
): Promise<ScheduleDescription> {
  await findOrThrow(db, accountId, report)
  await changeSchedule(db, { accountId, report }, checkChange(report, change), now)
  return describe(await findOrThrow(db, accountId, report), now)
}

/** The same, and who changed it in the audit log, both or neither. Gives back the schedule before and after. */
export function changeAudited(
  db: Database,
  { accountId, report, actor }: { accountId: number; report: string; actor: string },
  change: ScheduleChange,
  now: Date,
): Promise<{ before: ScheduleDescription; after: ScheduleDescription }> {
  return db.transaction().execute(async (writer) => {
    const before = describe(await findOrThrow(writer, accountId, report), now)
    const after = await updateSchedule(writer, accountId, report, change, now)
    await insertAudit(writer, { at: now, actor, action: 'schedule.update', target: report, accountId, before, after })
    return { before, after }
  })
}

async function findOrThrow(db: Database, accountId: number, report: string): Promise<Schedule> {
  const schedule = await findSchedule(db, accountId, report)
  if (schedule) return schedule
  if (!(await findAccount(db, accountId)))
    throw new Refused('unknown', 'account_id', `account ${accountId} does not exist`)
  const known = (await listSchedules(db, { accountId })).map((one) => one.report)
  throw new Refused(
    'unknown',
    'report',
    `${JSON.stringify(report)} has no schedule; expected one of ${known.join(', ')}${hint(report, known)}`,
  )
}

function describe(schedule: Schedule, now: Date): ScheduleDescription {
  const timezone = schedule.timezone ?? schedule.account_timezone
  return {
    report: schedule.report,
    account_id: schedule.account_id,
    cron: schedule.cron,
    timezone,
    follows_account_timezone: schedule.timezone === null,
    enabled: schedule.enabled,
    recipients: schedule.recipients,
    catch_up: schedule.catch_up,
    max_age_days: schedule.max_age_days,
    readiness: schedule.readiness as Readiness | null,
    next: schedule.enabled ? nextSlots(schedule.cron, clocksOf(schedule), now, 5).map(isoInstant) : [],
  }
}
