import { everyMinute } from '../flow/every-minute.ts'
import { oneAtATime } from '../flow/one-at-a-time.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { watchDeadClaims } from './dead-claims.ts'
import { createHousekeeping } from './housekeeping.ts'
import { openDueRuns } from './open.ts'
import { sweep } from './sweeper.ts'
import { wakeWaitingRuns } from './waiting.ts'

/**
 * Asks the ledger at start and every minute what is due, what waits and what was left lying (docs/operating.md, Schedules). Slots fall on
 * whole minutes, so the minute's tick is each schedule's own; it reads the schedules anew, so a change needs no word.
 * Any number of schedulers ask the same: the ledger gives each answer to one of them.
 */
export async function startScheduler(
  runtime: Pick<Runtime, 'context' | 'workerId'>,
  { retentionDays, standsBack = () => false }: { retentionDays?: number | undefined; standsBack?: () => boolean } = {},
): Promise<{ close: () => Promise<void> }> {
  const { context, workerId } = runtime
  const keepHouse = createHousekeeping(context, retentionDays)
  const looks = oneAtATime(async () => {
    if (!standsBack()) await lookAround(runtime, keepHouse)
  })
  await looks.ask()
  const minutes = everyMinute(looks.ask)
  const dead = watchDeadClaims(context, workerId, looks.ask)
  return {
    close: async () => {
      dead.close()
      await minutes.close()
      await looks.settled()
    },
  }
}

async function lookAround({ context }: Pick<Runtime, 'context'>, keepHouse: () => Promise<void>): Promise<void> {
  const parts = [
    () => openDueRuns(context, wholeSecond(context.clock())),
    () => wakeWaitingRuns(context),
    () => sweep(context),
    keepHouse,
  ]
  for (const part of parts) {
    await part().catch((err: unknown) => context.log.error({ err }, 'a look at the ledger failed; the next asks again'))
  }
}

/** A timer may be a moment early by the clock; the slot it was set for is due all the same. */
const wholeSecond = (now: Date): Date => new Date(Math.ceil(now.getTime() / 1000) * 1000)
