import { insertAudit } from '../../db/access/audit.ts'
import { cancelRun as cancelOnLedger, retryRun as retryOnLedger } from '../../db/ledger/runs/control.ts'
import { findOpenRun, findRun, isOpen, type Run } from '../../db/ledger/runs/runs.ts'
import { isUuid } from '../../db/values/ids.ts'
import type { RunContext } from '../run/context.ts'
import { findPresent } from '../run/recipients.ts'
import { resumeRun } from '../run/resume.ts'
import { Refused } from '../values/refused.ts'
import { inUnitOfWork } from './unit-of-work.ts'

/** Stops what has not been sent (docs/definitions.md, Guarantees). Refused `conflict` for a run that has ended. */
export async function cancelRun(context: RunContext, id: string): Promise<Run> {
  const run = await findRunOrThrow(context, id)
  if (!(await cancelOnLedger(context.db, run, context.clock()))) {
    throw new Refused('conflict', 'id', `run ${id} is ${run.status}; expected an open run`)
  }
  return findRunOrThrow(context, id)
}

/** Takes up what failed, and only that, at the addresses of today. Refused `conflict` where nothing did, or where a newer run of the period is open. */
export async function retryRun(context: RunContext, id: string): Promise<Run> {
  const run = await findRunOrThrow(context, id)
  if (isOpen(run)) throw new Refused('conflict', 'id', `run ${id} is ${run.status}; expected one that has ended`)
  const open = await findOpenRun(context.db, run.account_id, run.report, run.period)
  if (open) throw new Refused('conflict', 'id', `run ${open.id} of the same period is open; expected it to end first`)
  const taken = await retryOnLedger(context.db, run, context.clock(), await findPresent(context.db, run))
  if (!taken) throw new Refused('conflict', 'id', `run ${id} is ${run.status} and has nothing to retry`)
  const again = await findRunOrThrow(context, id)
  await resumeRun(context, again)
  return again
}

export async function findRunOrThrow(context: Pick<RunContext, 'db'>, id: string): Promise<Run> {
  const run = isUuid(id) ? await findRun(context.db, id) : undefined
  if (!run) throw new Refused('unknown', 'id', `run ${JSON.stringify(id)} does not exist`)
  return run
}

const VERBS = { cancel: cancelRun, retry: retryRun } as const

/** Cancels or retries a run. Errors are cancelRun's and retryRun's. */
export function controlRun(context: RunContext, verb: keyof typeof VERBS, id: string, actor: string): Promise<Run> {
  return inUnitOfWork(context, async (inside) => {
    const before = await findRunOrThrow(inside, id)
    const after = await VERBS[verb](inside, before.id)
    await insertAudit(inside.db, {
      at: inside.clock(),
      actor,
      action: `run.${verb}`,
      target: before.id,
      accountId: before.account_id,
      before: { status: before.status },
      after: { status: after.status },
    })
    return after
  })
}
