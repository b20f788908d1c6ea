import { releaseDeadClaims } from '../db/ledger/deliveries.ts'
import { listOpenRuns } from '../db/ledger/runs.ts'
import type { RunContext } from './run/context.ts'
import { queueDeliveries } from './run/render.ts'
import { resumeRun } from './run.ts'

/**
 * Queues again, from the ledger, whatever is open and whatever the queue has lost (SPEC 6.4, 6.5): a wiped Redis, a
 * killed worker, a job that threw. Jobs that are still queued are the same jobs, so asking too often changes nothing.
 */
export async function sweep(context: RunContext, workerId: string): Promise<void> {
  const released = await releaseDeadClaims(context.db, workerId)
  if (released.length > 0)
    context.log.warn({ deliveries: released.length }, 'took over deliveries of a process that died')
  for (const run of await listOpenRuns(context.db)) await resumeRun(context, run)
  await queueDeliveries(context)
}
