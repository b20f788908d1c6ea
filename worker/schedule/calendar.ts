import { setImmediate as yieldToEvents } from 'node:timers/promises'
import type { Database } from '../../db/connection/client.ts'
import { answersOf, keyOf } from '../../db/ledger/runs/expected.ts'
import type { Run } from '../../db/ledger/runs/runs.ts'
import { listSchedules, type Schedule } from '../../db/ledger/schedules.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import { previousSlot, slotsBetween } from '../../jobs/calendar/slots.ts'
import { findReport } from '../../jobs/index.ts'
import { Refused } from '../values/refused.ts'
import { askedAt, clocksOf, countsFor, dueSlots, type Grains, ON_TIME_MS, type Slot } from './due.ts'
import { listUnanswered } from './open.ts'

/** An expected run against the actual one (docs/definitions.md, Guarantees). Instants are ISO 8601. */
export interface CalendarItem {
  readonly report: string
  readonly account_id: number
  readonly period: string
  readonly due_at: string
  /**
   * The run's own where there is one; else `expected` (still to come), `missing` (should have been and was not) or
   * `not_caught_up` (passed, and the schedule's policy leaves it out).
   */
  readonly status: string
  readonly run_id: string | null
  readonly trigger: string | null
  readonly provisional: boolean
  /** The run was opened later than its slot by more than a tick's delay. */
  readonly caught_up: boolean
}

/** More slots of one schedule than a page could show or a caller means. */
const MOST_SLOTS = 5000

/**
 * Every slot `from <= slot < to` of the enabled schedules, by instant, with every period that closed since the slot before
 * it: one that a seldom cron passes over is shown as left out, not left out. Refused `invalid` where they are too many to mean.
 */
export async function calendarBetween(
  db: Database,
  from: Date,
  to: Date,
  now: Date,
  grains: Grains = catalogued,
): Promise<CalendarItem[]> {
  const planned: Planned[] = []
  for (const schedule of await listSchedules(db, { enabled: true })) {
    planned.push(...plan(schedule, { from, to }, grains))
    await yieldToEvents()
  }
  const answers = await answersOf(db, planned.map(expectedOf))
  const open = openPeriods(planned, now, grains)
  return planned
    .map((one) => itemOf(one, answers.get(keyOf(expectedOf(one))) ?? [], { now, isOpen: open.has(periodKey(one)) }))
    .sort((a, b) => (a.due_at < b.due_at ? -1 : a.due_at > b.due_at ? 1 : 0))
}

/** The runs that should have been opened by `now` and were not: what nobody may overlook. */
export async function missingRuns(db: Database, now: Date, grains: Grains = catalogued): Promise<CalendarItem[]> {
  const unanswered = await listUnanswered(db, grains, now)
  return unanswered
    .filter((due) => now.getTime() - due.at.getTime() > ON_TIME_MS)
    .map((due) => itemOf(due, [], { now, isOpen: true }))
}

interface Planned extends Slot {
  readonly schedule: Schedule
  /** A later period closed by the same slot. */
  readonly passedOver?: boolean
}

const catalogued: Grains = (report) => findReport(report)?.schedule?.period

function plan(schedule: Schedule, { from, to }: { from: Date; to: Date }, grains: Grains): Planned[] {
  const grain = grains(schedule.report)
  if (!grain) return []
  const slots = slotsBetween(schedule.cron, clocksOf(schedule), from, to, MOST_SLOTS + 1)
  if (slots.length > MOST_SLOTS) {
    const stretch = `${isoInstant(from)} to ${isoInstant(to)}`
    throw new Refused(
      'invalid',
      'to',
      `${schedule.report} falls due too often from ${stretch}; expected a shorter stretch`,
    )
  }
  const before = previousSlot(schedule.cron, clocksOf(schedule), new Date(from.getTime() - 1))
  return slots.flatMap((at, i) => {
    const asked = askedAt(schedule, grain, at, slots[i - 1] ?? before)
    return asked.map((slot, j) => ({ ...slot, schedule, passedOver: j < asked.length - 1 }))
  })
}

const expectedOf = ({ schedule, period }: Planned) => ({
  account_id: schedule.account_id,
  report: schedule.report,
  period: period.key,
})
const periodKey = (planned: Planned): string => keyOf(expectedOf(planned))

/** The periods that the schedulers would still open a run for. */
function openPeriods(planned: readonly Planned[], now: Date, grains: Grains): Set<string> {
  const schedules = new Set(planned.map(({ schedule }) => schedule))
  return new Set(
    [...schedules].flatMap((schedule) => {
      const grain = grains(schedule.report)
      return grain ? dueSlots(schedule, grain, now).map((slot) => periodKey({ ...slot, schedule })) : []
    }),
  )
}

function itemOf(planned: Planned, answers: readonly Run[], around: { now: Date; isOpen: boolean }): CalendarItem {
  const { schedule, period, at } = planned
  const run = answers.findLast(({ status }) => status !== 'cancelled') ?? answers.at(-1)
  return {
    report: schedule.report,
    account_id: schedule.account_id,
    period: period.key,
    due_at: isoInstant(at),
    status: run?.status ?? statusWithoutRun(planned, around),
    run_id: run?.id ?? null,
    trigger: run?.trigger ?? null,
    provisional: run?.provisional ?? false,
    caught_up: answers.some(wasLate),
  }
}

function statusWithoutRun(
  { schedule, passedOver, ...slot }: Planned,
  { now, isOpen }: { now: Date; isOpen: boolean },
): string {
  const late = now.getTime() - slot.at.getTime()
  const isWanted = countsFor(schedule, slot) && (!passedOver || schedule.catch_up === 'all')
  if (late < 0) return isWanted ? 'expected' : 'not_caught_up'
  if (!isOpen) return 'not_caught_up'
  return late > ON_TIME_MS ? 'missing' : 'expected'
}

const wasLate = ({ trigger, due_at, created_at }: Run): boolean =>
  trigger === 'schedule' && due_at !== null && created_at.getTime() - due_at.getTime() > ON_TIME_MS
