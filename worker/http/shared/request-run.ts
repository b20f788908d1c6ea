import { type RunSummary, summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import type { RunInput } from '../../actions/request-run.ts'
import { requestRun } from '../../actions/request-run.ts'
import type { RunContext } from '../../run/context.ts'
import { type Idempotency, onceInUnitOfWork } from './once.ts'

/** 202 for a run that was opened, 200 for the same one still open. */
interface RunAnswer {
  readonly status: 200 | 202
  readonly run: RunSummary
}

/** Opens a run or finds the same one still open, and writes down who asked. Errors are requestRun's and onceInOneGo's. */
export async function openRun(
  context: RunContext,
  input: RunInput,
  idempotency?: Idempotency,
): Promise<RunAnswer & { replayed: boolean }> {
  const { answer, replayed } = await onceInUnitOfWork(context, idempotency, async (inside): Promise<RunAnswer> => {
    const { run, opened } = await requestRun(inside, input)
    const [summary] = await summarizeRuns(inside.db, [run])
    return { status: opened ? 202 : 200, run: summary as RunSummary }
  })
  return { ...answer, replayed }
}
