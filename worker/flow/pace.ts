import { setTimeout as wait } from 'node:timers/promises'

/** Lets callers pass one by one, `perSecond` of them (MAIL_RATE); undefined lets everybody pass. */
export function createPace(perSecond: number | undefined): (over: AbortSignal) => Promise<void> {
  if (perSecond === undefined) return async () => {}
  const gap = 1000 / perSecond
  let free = 0
  return async (over) => {
    const now = performance.now()
    const turn = Math.max(now, free)
    free = turn + gap
    await pass(turn - now, over)
  }
}

/** Waits, but no longer than the process is to go on. */
export async function pass(ms: number, over: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal: over }).catch(() => {})
}
