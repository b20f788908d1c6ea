import { type DeliverContext, deliver } from '../deliver.ts'
import type { Handlers } from '../queue.ts'
import { oneAtATime } from '../schedule/one-at-a-time.ts'
import { closeFinishedRun } from './close.ts'
import { computeRun } from './compute.ts'
import type { RunContext } from './context.ts'
import { renderChunk } from './render.ts'

/** What each job does. Every one finds its work on the ledger, and nothing where the work is already done. */
export function createHandlers(context: RunContext, delivery: DeliverContext): Handlers {
  const close = closingTogether(context)
  return {
    run: (key) => computeRun(context, key),
    render: (key) => renderChunk(context, key),
    deliver: async (key) => {
      const outcome = await deliver(delivery, key)
      if ('retryAt' in outcome) await context.queue.add([{ name: 'deliver', data: key, due: outcome.retryAt }])
      if ('settled' in outcome) await close({ account_id: key.accountId, id: outcome.runId })
    },
  }
}

/**
 * Whether a run is at its end is asked once for all mails that ended while the last answer was under way, and always
 * once more after the last of them: a run of ten thousand mails is not asked ten thousand times.
 */
function closingTogether(context: RunContext): (run: { account_id: number; id: string }) => Promise<void> {
  const looks = new Map<string, { asking: number; ask: () => Promise<void> }>()
  const lookAt = (run: { account_id: number; id: string }) =>
    oneAtATime(async () => {
      await closeFinishedRun(context, run).catch((err) =>
        context.log.warn({ run: run.id, err }, 'whether the run is at its end could not be asked; the sweeper will'),
      )
    })
  return async (run) => {
    const look = looks.get(run.id) ?? { asking: 0, ask: lookAt(run).ask }
    looks.set(run.id, look)
    look.asking++
    await look.ask()
    if (--look.asking === 0) looks.delete(run.id)
  }
}
