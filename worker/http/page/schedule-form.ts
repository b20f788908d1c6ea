import type { ScheduleChange, ScheduleDescription } from '../../actions/change-schedule.ts'
import { fieldOf, linesOf } from './form.ts'

/** The form of a schedule, as text; '' as time zone is the account's, no tables is no readiness. */
interface ScheduleForm {
  readonly cron: string
  readonly timezone: string
  readonly enabled: string
  readonly recipients: string
  readonly catch_up: string
  readonly max_age_days: string
  readonly tables: string
  readonly max_wait_hours: string
}

const FIELDS = [
  'cron',
  'timezone',
  'enabled',
  'recipients',
  'catch_up',
  'max_age_days',
  'tables',
  'max_wait_hours',
] as const

export const shownOf = (schedule: ScheduleDescription): ScheduleForm => ({
  cron: schedule.cron,
  timezone: schedule.follows_account_timezone ? '' : schedule.timezone,
  enabled: schedule.enabled ? '1' : '',
  recipients: schedule.recipients.join('\n'),
  catch_up: schedule.catch_up,
  max_age_days: String(schedule.max_age_days),
  tables: schedule.readiness?.tables.join(', ') ?? '',
  max_wait_hours: String(schedule.readiness?.max_wait_hours ?? 48),
})

export const typedOf = (body: unknown): ScheduleForm => ({
  cron: fieldOf(body, 'cron'),
  timezone: fieldOf(body, 'timezone'),
  enabled: fieldOf(body, 'enabled'),
  recipients: linesOf(body, 'recipients').join('\n'),
  catch_up: fieldOf(body, 'catch_up'),
  max_age_days: fieldOf(body, 'max_age_days'),
  tables: fieldOf(body, 'tables'),
  max_wait_hours: fieldOf(body, 'max_wait_hours'),
})

/**
 * What of the form is not as it was when it was shown (`was`), so that nobody undoes what another has changed meanwhile.
 * Checked by `updateSchedule`.
 */
export function changeOf(body: unknown): ScheduleChange {
  const typed = typedOf(body)
  const was = wasOf(fieldOf(body, 'was'))
  const changed = (...names: (keyof ScheduleForm)[]) => names.some((name) => typed[name] !== was[name])
  return {
    ...(changed('cron') && { cron: typed.cron }),
    ...(changed('timezone') && { timezone: typed.timezone === '' ? null : typed.timezone }),
    ...(changed('enabled') && { enabled: typed.enabled === '1' }),
    ...(changed('recipients') && { recipients: typed.recipients === '' ? [] : typed.recipients.split('\n') }),
    ...(changed('catch_up') && { catch_up: typed.catch_up }),
    ...(changed('max_age_days') && { max_age_days: numberOf(typed.max_age_days) }),
    ...(changed('tables', 'max_wait_hours') && { readiness: readinessOf(typed) }),
  }
}

/** What is no JSON of ours says nothing, and everything counts as changed. */
function wasOf(text: string): Partial<ScheduleForm> {
  try {
    const was: unknown = JSON.parse(text)
    return Object.fromEntries(FIELDS.map((name) => [name, fieldOf(was, name)]))
  } catch {
    return {}
  }
}

function readinessOf({ tables, max_wait_hours }: ScheduleForm): unknown {
  if (tables === '') return null
  return { tables: tables.split(/[\s,]+/).filter((name) => name !== ''), max_wait_hours: numberOf(max_wait_hours) }
}

const numberOf = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN)
