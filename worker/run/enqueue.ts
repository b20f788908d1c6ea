import type { Run } from '../../db/ledger/runs/runs.ts'
import type { RunContext } from './context.ts'

/** Says to the queue that the run is there; a run that waits for its facts is queued when they have come. */
export async function queueRun(context: Pick<RunContext, 'queue'>, run: Run): Promise<void> {
  if (run.status === 'waiting') return
  await context.queue.add([{ name: 'run', data: { accountId: run.account_id, runId: run.id } }])
}
