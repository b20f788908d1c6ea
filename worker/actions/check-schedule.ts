import type { ScheduleColumns } from '../../db/ledger/schedules.ts'
import { timeZoneFault } from '../../db/values/zone.ts'
import { CronError, parseCron } from '../../jobs/calendar/slots.ts'
import { findReport } from '../../jobs/index.ts'
import { parseReadiness, type Readiness } from '../schedule/readiness.ts'
import { parseAddress } from '../values/address.ts'
import { Refused } from '../values/refused.ts'

/** Any subset of what can be changed; null as time zone is the account's, as readiness none. */
export interface ScheduleChange {
  readonly cron?: string | undefined
  readonly timezone?: string | null | undefined
  readonly enabled?: boolean | undefined
  readonly recipients?: readonly string[] | undefined
  readonly catch_up?: string | undefined
  readonly max_age_days?: number | undefined
  readonly readiness?: unknown
}

const POLICIES = ['latest', 'all', 'none']
const LONGEST_AGE_DAYS = 3660

/** What is asked, as columns. Refused `invalid` names field, value and what was expected. */
export function checkChange(report: string, change: ScheduleChange): ScheduleColumns {
  const { cron, timezone, enabled, recipients, catch_up, max_age_days, readiness } = change
  return {
    ...(cron !== undefined && { cron: cronOf(cron) }),
    ...(timezone !== undefined && { timezone: timezone === null ? null : timeZoneOf(timezone) }),
    ...(enabled !== undefined && { enabled }),
    ...(recipients !== undefined && { recipients: recipientsOf(report, recipients) }),
    ...(catch_up !== undefined && { catch_up: policyOf(catch_up) }),
    ...(max_age_days !== undefined && { max_age_days: daysOf(max_age_days) }),
    ...(readiness !== undefined && { readiness: readiness === null ? null : readinessOf(readiness) }),
  }
}

function invalid(field: string, value: unknown, expected: string): Refused {
  return new Refused('invalid', field, `${field} ${JSON.stringify(value)}: expected ${expected}`)
}

function cronOf(cron: string): string {
  try {
    return parseCron(cron)
  } catch (error) {
    throw error instanceof CronError ? new Refused('invalid', 'cron', error.message) : error
  }
}

function timeZoneOf(timezone: string): string {
  const expected = timeZoneFault(timezone)
  if (expected === undefined) return timezone
  throw invalid('timezone', timezone, expected)
}

function recipientsOf(report: string, recipients: readonly string[]): string[] {
  if (recipients.length > 0 && findReport(report)?.audience === 'partner')
    throw invalid('recipients', recipients, `none, for ${report} goes to the partners themselves`)
  return recipients.map((text) => {
    const address = parseAddress(text)
    if (address === undefined) throw invalid('recipients', text, 'a mail address such as name@example.com')
    return address
  })
}

function policyOf(policy: string): string {
  if (POLICIES.includes(policy)) return policy
  throw invalid('catch_up', policy, `one of ${POLICIES.join(', ')}`)
}

function daysOf(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= LONGEST_AGE_DAYS) return days
  throw invalid('max_age_days', days, `a whole number from 1 to ${LONGEST_AGE_DAYS}`)
}

function readinessOf(value: unknown): Readiness {
  const readiness = parseReadiness(value)
  if (typeof readiness === 'string')
    throw new Refused('invalid', 'readiness', `readiness ${JSON.stringify(value)}: ${readiness}`)
  return readiness
}
