import { setTimeout as wait } from 'node:timers/promises'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000

interface Patience {
  /** Whether an error is one that passes by itself; every other one is thrown. */
  readonly isOutage: (error: unknown) => boolean
  readonly onOutage: (error: unknown) => void
  /** Aborts when there is no more time: the last try follows at once, and its error is thrown. */
  readonly over: AbortSignal
  readonly longestPauseMs?: number
}

/** Does `work` again for as long as an outage lasts. */
export async function retryOutages<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { isOutage, onOutage, over, longestPauseMs = LONGEST_PAUSE_MS } = patience
  for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
    try {
      return await work()
    } catch (error) {
      if (!isOutage(error) || over.aborted) throw error
      onOutage(error)
      await wait(Math.min(pause, longestPauseMs), undefined, { signal: over }).catch(() => {})
    }
  }
}
