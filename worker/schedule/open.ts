import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { findAccount } from '../../db/access/accounts.ts'
import type { Database } from '../../db/connection/client.ts'
import { answersOf, isAnswer, keyOf, openExpectedRun } from '../../db/ledger/runs/expected.ts'
import type { Run } from '../../db/ledger/runs/runs.ts'
import { listSchedules, type Schedule } from '../../db/ledger/schedules.ts'
import type { RunContext } from '../run/context.ts'
import { queueRun } from '../run/enqueue.ts'
import { findOutdated, outdatedText } from '../run/zone-rules.ts'
import { dueSlots, type Grains, type Slot } from './due.ts'
import { readinessOf, waitUntil } from './readiness.ts'

interface DueSlot extends Slot {
  readonly schedule: Schedule
}

/**
 * Opens the run of every period that is due and has none (docs/operating.md, Schedules). The tick, the start and each minute ask the same, on
 * any number of schedulers; the ledger's keys let one of them have it.
 */
export async function openDueRuns(context: RunContext, now: Date): Promise<Run[]> {
  const grains: Grains = (report) => context.reports.get(report)?.schedule?.period
  const unreadable = (schedule: Schedule, err: unknown) =>
    context.log.error({ err, account: schedule.account_id, report: schedule.report }, 'a schedule cannot be read')
  const opened: Run[] = []
  for (const due of await listUnanswered(context.db, grains, now, unreadable)) {
    const run = await openRun(context, due)
    if (!run) continue
    opened.push(run)
    context.log.info({ run: run.id, report: run.report, period: run.period, due: run.due_at }, 'a scheduled run opens')
    await queueRun(context, run)
  }
  return opened
}

/** What is due at `now` and has no run, by account and report, older periods first. */
export async function listUnanswered(
  db: Database,
  grains: Grains,
  now: Date,
  onUnreadable: (schedule: Schedule, error: unknown) => void = () => {},
): Promise<DueSlot[]> {
  const due: DueSlot[] = []
  for (const schedule of await listSchedules(db, { enabled: true })) {
    const grain = grains(schedule.report)
    if (!grain) continue
    try {
      due.push(...dueSlots(schedule, grain, now).map((slot) => ({ ...slot, schedule })))
    } catch (error) {
      onUnreadable(schedule, error) // one row that cannot be read must not keep every other report from its readers
    }
    await yieldToEvents() // a thousand accounts are seconds of reckoning
  }
  const answers = await answersOf(db, due.map(expectedOf))
  return due.filter((one) => !(answers.get(keyOf(expectedOf(one))) ?? []).some((run) => isAnswer(run, one.at)))
}

const expectedOf = ({ schedule, period }: DueSlot) => ({
  account_id: schedule.account_id,
  report: schedule.report,
  period: period.key,
})

async function openRun({ db, clock, log }: RunContext, { schedule, period, at }: DueSlot): Promise<Run | undefined> {
  const now = clock()
  const account = await findAccount(db, schedule.account_id)
  const outdated = account && (await findOutdated(db, account))
  if (outdated) {
    log.error({ report: schedule.report, period: period.key }, outdatedText(account, outdated))
    return undefined
  }
  const { ready } = (await readinessOf(db, schedule.account_id))(schedule, period.to)
  const request = {
    accountId: schedule.account_id,
    report: schedule.report,
    period,
    asOf: period.to,
    mail: true,
    trigger: 'schedule',
    dueAt: at,
    waitUntil: ready ? undefined : waitUntil(schedule, now),
  } as const
  return openExpectedRun(db, request, now)
}
