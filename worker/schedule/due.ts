import type { Schedule } from '../../db/ledger/schedules.ts'
import { DAY_MS } from '../../db/values/durations.ts'
import { type Grain, lastClosedPeriod, type Period, type Place, previousPeriod } from '../../jobs/calendar/period.ts'
import { previousSlot } from '../../jobs/calendar/slots.ts'

/** What a slot asks for: the last period that had closed by then. */
export interface Slot {
  readonly at: Date
  readonly period: Period
}

/** Which kind of period a report's slots ask for; undefined for one that runs on demand only. */
export type Grains = (report: string) => Grain | undefined

/** How long after its slot a run still counts as on time. */
export const ON_TIME_MS = 5 * 60_000

/** By whose clocks a schedule's cron is read: its own zone's, else the account's. Its periods always lie in the account's calendar. */
export const clocksOf = (schedule: Schedule): Place => schedule.timezone ?? calendarOf(schedule)

const calendarOf = (schedule: Schedule): Place => schedule.account_calendar ?? schedule.account_timezone

/**
 * The periods that a schedule wants a run for at `now`, each with its latest slot, oldest first; whether they have one is
 * another question. `latest`: only the period of the latest slot; `none`: only while that slot is due; `all`: those too that
 * closed since the slot before and have none of their own; never a period that closed before the schedule was made, nor a
 * slot older than its maximum age (docs/operating.md, Schedules).
 */
export function dueSlots(schedule: Schedule, grain: Grain, now: Date): Slot[] {
  const oldest = schedule.catch_up === 'none' ? ON_TIME_MS : schedule.max_age_days * DAY_MS
  const due: Slot[] = []
  for (let slot = slotBefore(schedule, grain, now); slot; slot = earlierSlot(schedule, grain, slot)) {
    if (now.getTime() - slot.at.getTime() > oldest || !countsFor(schedule, slot)) break
    due.unshift(slot)
    if (schedule.catch_up !== 'all') break
  }
  return due
}

/** Whether a slot is this schedule's to answer: not of a period from before it was made, nor from before it was switched on. */
export function countsFor(schedule: Schedule, { at, period }: Slot): boolean {
  return period.to >= schedule.created_at && (schedule.enabled_at === null || at >= schedule.enabled_at)
}

/** What a slot asks for, oldest first: every period that closed since the slot before it, or the last that closed. */
export function askedAt(schedule: Schedule, grain: Grain, at: Date, before: Date | undefined): Slot[] {
  const asked = [slotAt(schedule, grain, at)]
  for (let first = asked[0] as Slot; before; asked.unshift(first)) {
    first = { at, period: previousPeriod(first.period) }
    if (first.period.to <= before) break
  }
  return asked
}

export const slotAt = (schedule: Schedule, grain: Grain, at: Date): Slot => ({
  at,
  period: lastClosedPeriod(grain, at, calendarOf(schedule)),
})

function slotBefore(schedule: Schedule, grain: Grain, atOrBefore: Date): Slot | undefined {
  const at = previousSlot(schedule.cron, clocksOf(schedule), atOrBefore)
  return at && slotAt(schedule, grain, at)
}

/** The slot of the period before; a cron that comes too seldom for it asks for it together with the later one. */
function earlierSlot(schedule: Schedule, grain: Grain, slot: Slot): Slot | undefined {
  const period = previousPeriod(slot.period)
  const own = slotBefore(schedule, grain, justBefore(slot))
  return own?.period.key === period.key ? own : { at: slot.at, period }
}

/** Any slot before the end of a period asks for an earlier one. */
const justBefore = ({ period }: Slot) => new Date(period.to.getTime() - 1)
