import type { Run } from '../../db/ledger/runs/runs.ts'
import type { RunContext } from './context.ts'
import { queueRun } from './enqueue.ts'
import { queueRendering } from './render.ts'

/** Queues whatever is open of a run: the sweeper's and the retry's way in. */
export async function resumeRun(context: RunContext, run: Run): Promise<void> {
  if (run.status === 'queued' || run.status === 'computing') await queueRun(context, run)
  if (run.status === 'rendering' || run.status === 'delivering') await queueRendering(context, run)
}
