import { listOpenRuns } from '../../db/ledger/runs/runs.ts'
import type { RunContext } from '../run/context.ts'
import { queueDeliveries } from '../run/render.ts'
import { resumeRun } from '../run/resume.ts'

/**
 * Queues again, from the ledger, whatever is open and whatever the queue has lost (docs/definitions.md, Guarantees): a wiped Redis, a
 * killed worker, a job that threw. Jobs that are still queued are the same jobs, so asking too often changes nothing.
 */
export async function sweep(context: RunContext): Promise<void> {
  for (const run of await listOpenRuns(context.db)) await resumeRun(context, run)
  await queueDeliveries(context)
}
