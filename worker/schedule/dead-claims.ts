import { releaseDeadClaims } from '../../db/ledger/deliveries/lost-claims.ts'
import type { RunContext } from '../run/context.ts'

const EVERY_MS = 10_000
const IN_TOUCH_MS = 2 * EVERY_MS

/**
 * Takes back, every ten seconds, the deliveries that dead processes were sending, and calls `onReleased`. Who was out of
 * touch with the database itself, at its start and after an outage or a nap, waits for one more round before it takes
 * others for dead: they were out of touch too and have yet to say that they live, some with a mail on its way.
 */
export function watchDeadClaims(
  context: Pick<RunContext, 'db' | 'log'>,
  workerId: string,
  onReleased: () => unknown,
): { close: () => void } {
  let last = Number.NEGATIVE_INFINITY
  const timer = setInterval(() => {
    const now = Date.now()
    const inTouch = Math.abs(now - last) < IN_TOUCH_MS
    const looked = inTouch
      ? release(context, workerId)
      : context.db.selectFrom('workers').select('id').limit(1).execute()
    looked
      .then((released) => {
        last = now
        if (inTouch && released.length > 0) onReleased()
      })
      .catch((err: unknown) => context.log.debug({ err }, 'dead claims are looked for again when the database is back'))
  }, EVERY_MS)
  return { close: () => clearInterval(timer) }
}

async function release({ db, log }: Pick<RunContext, 'db' | 'log'>, workerId: string) {
  const released = await releaseDeadClaims(db, workerId)
  if (released.length > 0) log.warn({ deliveries: released.length }, 'took over deliveries of a process that died')
  return released
}
