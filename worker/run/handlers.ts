import { findDelivery } from '../../db/ledger/deliveries.ts'
import { type DeliverContext, deliver } from '../deliver.ts'
import type { Handlers } from '../queue.ts'
import { closeFinishedRun } from './close.ts'
import { computeRun } from './compute.ts'
import type { RunContext } from './context.ts'
import { renderChunk } from './render.ts'

/** What each job does. Every one finds its work on the ledger, and nothing where the work is already done. */
export function createHandlers(context: RunContext, delivery: DeliverContext): Handlers {
  return {
    run: (key) => computeRun(context, key),
    render: (key) => renderChunk(context, key),
    deliver: (key) => deliverOne(context, delivery, key),
  }
}

async function deliverOne(
  context: RunContext,
  delivery: DeliverContext,
  key: { accountId: number; deliveryId: string },
): Promise<void> {
  const outcome = await deliver(delivery, key)
  if ('retryAt' in outcome) await context.queue.add([{ name: 'deliver', data: key, due: outcome.retryAt }])
  if (!('settled' in outcome)) return
  const row = await findDelivery(context.db, key.deliveryId)
  if (row) await closeFinishedRun(context, { account_id: row.account_id, id: row.run_id })
}
