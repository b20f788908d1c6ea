import { type ScheduledTask, schedule } from 'node-cron'
import { releaseDeadClaims } from '../db/ledger/deliveries.ts'
import { sweep } from './sweeper.ts'
import type { Works } from './works.ts'

const HOURS = 3_600_000
const DEAD_CLAIMS_EVERY = 10_000

/** Looks at the ledger at start and every minute, however late the minute comes (TECH 0 D). */
export async function startScheduler(works: Works): Promise<{ close: () => Promise<void> }> {
  let looking: Promise<void> = Promise.resolve()
  const look = () => {
    looking = looking
      .then(() => sweep(works.context, works.workerId))
      .catch((err) => works.context.log.error({ err }, 'the sweep failed; the next one asks again'))
    return looking
  }
  await look()
  const task: ScheduledTask = schedule('* * * * *', look, { missedExecutionTolerance: 6 * HOURS, noOverlap: true })
  const dead = setInterval(
    () =>
      releaseDeadClaims(works.context.db, works.workerId)
        .then((released) => (released.length > 0 ? look() : undefined))
        .catch(() => undefined),
    DEAD_CLAIMS_EVERY,
  )
  return {
    close: async () => {
      clearInterval(dead)
      await task.destroy()
      await looking
    },
  }
}
