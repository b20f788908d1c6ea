import { setImmediate as yieldToEvents } from 'node:timers/promises'

const LONG_MS = 10

/** Called between the small steps of long work: lets timers and requests have their turn when it has gone on for a while. */
export function createYielding(): () => Promise<void> | undefined {
  let since = performance.now()
  const yieldIfDue = async () => {
    await yieldToEvents()
    since = performance.now()
  }
  return () => (performance.now() - since < LONG_MS ? undefined : yieldIfDue())
}
