import { type DeliverContext, deliver } from './delivery/deliver.ts'
import type { Handlers } from './queue/queue.ts'
import { createClosing } from './run/closing.ts'
import { computeRun } from './run/compute.ts'
import type { RunContext } from './run/context.ts'
import { renderChunk } from './run/render.ts'

/** What each job does. Every one finds its work on the ledger, and nothing where the work is already done. */
export function createHandlers(context: RunContext, delivery: DeliverContext): Handlers {
  const closing = createClosing(context)
  const whereItMay =
    <Key>(work: (key: Key) => Promise<void>) =>
    async (key: Key) => {
      if (await delivery.mayWork()) await work(key)
    }
  return {
    run: whereItMay((key) => computeRun(context, key)),
    render: whereItMay((key) => renderChunk(context, key)),
    deliver: (key) =>
      closing.during(async (ended) => {
        const outcome = await deliver(delivery, key)
        if ('retryAt' in outcome) await context.queue.add([{ name: 'deliver', data: key, due: outcome.retryAt }])
        if ('settled' in outcome) ended({ account_id: key.accountId, id: outcome.runId })
      }),
  }
}
