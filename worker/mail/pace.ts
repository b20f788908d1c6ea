import { setTimeout as wait } from 'node:timers/promises'

/** Lets callers pass one by one, `perSecond` of them (SPEC: MAIL_RATE); undefined lets everybody pass. */
export function createPace(perSecond: number | undefined): () => Promise<void> {
  if (perSecond === undefined) return async () => {}
  const gap = 1000 / perSecond
  let free = 0
  return async () => {
    const now = performance.now()
    const turn = Math.max(now, free)
    free = turn + gap
    if (turn > now) await wait(turn - now)
  }
}
