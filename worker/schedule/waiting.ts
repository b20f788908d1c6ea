import { listProvisionalRuns, listWaitingRuns, openRestatement } from '../../db/ledger/runs/expected.ts'
import { findRun, moveRun, type Run } from '../../db/ledger/runs/runs.ts'
import { findSchedule } from '../../db/ledger/schedules.ts'
import type { RunContext } from '../run/context.ts'
import { queueRun } from '../run/enqueue.ts'
import { type Ready, readinessOf } from './readiness.ts'

/**
 * Starts the waiting runs whose facts are complete, and, provisionally, those that have waited long enough (docs/operating.md,
 * Schedules); opens the restatement of provisional runs whose facts have come. Asked each minute and when a watermark is
 * set; asking more often changes nothing.
 */
export async function wakeWaitingRuns(context: RunContext): Promise<void> {
  for (const run of await listWaitingRuns(context.db)) {
    const { ready } = await readyFor(context, run)
    if (ready) await release(context, run, { provisional: false })
    else if (run.wait_until === null || run.wait_until <= context.clock())
      await release(context, run, { provisional: true })
  }
  for (const run of await listProvisionalRuns(context.db)) await restate(context, run)
}

/** A run that waits starts now because somebody asks for it: provisional, so that the restatement still follows. */
export async function releaseWaitingRun(context: RunContext, run: Run): Promise<Run> {
  const { ready } = await readyFor(context, run)
  await release(context, run, { provisional: !ready })
  return (await findRun(context.db, run.id)) ?? run
}

async function readyFor(context: RunContext, run: Run): Promise<Ready> {
  const schedule = await findSchedule(context.db, run.account_id, run.report)
  return (await readinessOf(context.db, run.account_id))(schedule, run.period_to)
}

async function release(context: RunContext, run: Run, { provisional }: { provisional: boolean }): Promise<void> {
  if (!(await moveRun(context.db, run, ['waiting'], 'queued', { provisional }))) return
  context.log.info({ run: run.id, provisional }, provisional ? 'the wait for facts is over' : 'the facts are complete')
  await queueRun(context, { ...run, status: 'queued' })
}

async function restate(context: RunContext, provisional: Run): Promise<void> {
  const { ready, since } = await readyFor(context, provisional)
  if (!ready) return
  const run = await openRestatement(context.db, provisional, { completeSince: since, now: context.clock() })
  if (!run) return
  context.log.info({ run: run.id, restates: provisional.id }, 'the facts of a provisional run have come')
  await queueRun(context, run)
}
