import { closeRun, reviseRuns } from '../../db/ledger/runs/runs.ts'
import type { RunStatus } from '../../db/values/statuses.ts'
import type { RunContext } from './context.ts'

/** Ends the run when nothing of it is open; asked after every step, answers only once. What ended badly follows its repair. */
export async function closeFinishedRun(
  context: Pick<RunContext, 'db' | 'clock' | 'log'>,
  run: { account_id: number; id: string },
): Promise<RunStatus | undefined> {
  const status = await closeRun(context.db, run, context.clock())
  if (status) context.log.info({ run: run.id, status }, 'the run is closed')
  await reviseRuns(context.db, run)
  return status
}
