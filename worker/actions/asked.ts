import { insertAudit } from '../../db/access/audit.ts'
import type { Delivery } from '../../db/ledger/deliveries/delivery.ts'
import type { Run } from '../../db/ledger/runs/runs.ts'
import type { RunContext } from '../run/context.ts'
import { cancelRun, findRunOrThrow, type RunInput, requestRun, retryRun } from './request-run.ts'
import { requestResend } from './resend.ts'
import { inOneGo, type OneGo } from './transaction.ts'

/**
 * What a person asks of a run or a delivery, over HTTP, on the page or from the command line: done and written down with
 * who asked (SPEC 11) in one transaction, so that neither stands without the other.
 */
const VERBS = { cancel: cancelRun, retry: retryRun } as const

/** Cancels or retries a run. Errors are cancelRun's and retryRun's. */
export function controlRun(context: RunContext, verb: keyof typeof VERBS, id: string, actor: string): Promise<Run> {
  return inOneGo(context, async (inside) => {
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

/** Opens a run or finds the same one still open; only the first is written down. Errors are requestRun's. */
export async function askForRun(inside: OneGo, input: RunInput): Promise<{ run: Run; opened: boolean }> {
  const { run, opened } = await requestRun(inside, input)
  if (opened) {
    const { id, report, period, revision, as_of, mail, partners } = run
    await insertAudit(inside.db, {
      at: inside.clock(),
      actor: input.requestedBy ?? input.trigger,
      action: 'run.request',
      target: id,
      accountId: run.account_id,
      after: { report, period, revision, as_of, mail, partners },
    })
    inside.log.info({ run: id, report, period }, 'a run was asked for')
  }
  return { run, opened }
}

/** The same bytes as a new delivery. Errors are requestResend's. */
export async function askForResend(
  inside: OneGo,
  wanted: { readonly deliveryId: string; readonly to?: string | undefined; readonly requestedBy: string },
): Promise<Delivery> {
  const delivery = await requestResend(inside, wanted)
  const { id, run_id: run, account_id: accountId } = delivery
  await insertAudit(inside.db, {
    at: inside.clock(),
    actor: wanted.requestedBy,
    action: 'delivery.resend',
    target: wanted.deliveryId,
    accountId,
    after: { delivery: id, to: delivery.address },
  })
  inside.log.info({ run, delivery: id, resends: wanted.deliveryId }, 'a resend was asked for')
  return delivery
}
