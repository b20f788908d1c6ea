import { oneAtATime } from '../flow/one-at-a-time.ts'
import { closeFinishedRun } from './close.ts'
import type { RunContext } from './context.ts'

type RunKey = { readonly account_id: number; readonly id: string }

/** Looks whether runs whose mails ended are at their end. */
export interface Closing {
  /** One mail; `ended` says of which run it was the end. */
  readonly during: (mail: (ended: (run: RunKey) => void) => Promise<void>) => Promise<void>
}

const SOON_MS = 250

/**
 * A run is asked when no mail is under way any more, and a few times a second while others are: a run of ten thousand
 * mails is not asked ten thousand times.
 */
export function createClosing(context: Pick<RunContext, 'db' | 'clock' | 'log'>): Closing {
  const runs = new Map<string, RunKey>()
  let inFlight = 0
  let soon: NodeJS.Timeout | undefined
  const look = oneAtATime(async () => {
    const asked = [...runs.values()]
    runs.clear()
    for (const run of asked) await ask(context, run)
  })
  const lookSoon = () => {
    if (soon) return
    soon = setTimeout(() => {
      soon = undefined
      void look.ask()
    }, SOON_MS).unref()
  }
  return {
    during: async (mail) => {
      inFlight++
      try {
        await mail((run) => runs.set(run.id, run))
      } finally {
        inFlight--
        if (runs.size > 0 && inFlight === 0) await look.ask()
        else if (runs.size > 0) lookSoon()
      }
    },
  }
}

async function ask(context: Pick<RunContext, 'db' | 'clock' | 'log'>, run: RunKey): Promise<void> {
  await closeFinishedRun(context, run).catch((err) =>
    context.log.warn({ run: run.id, err }, 'whether the run is at its end could not be asked; the sweeper will'),
  )
}
