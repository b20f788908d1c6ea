/** `work` never runs twice at once: who asks meanwhile shares the one that follows. Never rejects if `work` does not. */
export function oneAtATime(work: () => Promise<void>): { ask: () => Promise<void>; settled: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const ask = () => {
    next ??= running.then(() => {
      next = undefined
      running = work()
      return running
    })
    return next
  }
  return { ask, settled: async () => next ?? running }
}
