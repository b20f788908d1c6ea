const FIRST_MS = 5_000
const LONGEST_MS = 5 * 60_000
const PROBE_MS = 60_000

/**
 * Rests the channel while it is set up wrong: wrong password, no TLS, bad certificate. After each rest one mail goes
 * ahead and tries; the others wait for what it finds. Rests double from 5 s to 5 minutes.
 */
export interface Pause {
  /** When to come back; undefined: go ahead now. */
  readonly until: (now: Date) => Date | undefined
  /** Notes that nothing can pass. Returns when to come back, and whether this is news to whoever reads the log. */
  readonly trip: (now: Date) => { until: Date; isNews: boolean }
  readonly heal: () => void
}

export function createPause(): Pause {
  let rests = 0
  let until = 0
  let isProbing = false
  return {
    until: (now) => {
      if (rests === 0) return undefined
      if (now.getTime() < until) return new Date(until)
      isProbing = true
      until = now.getTime() + PROBE_MS
      return undefined
    },
    trip: (now) => {
      const isNews = rests === 0 || isProbing
      if (isNews) {
        until = now.getTime() + Math.min(LONGEST_MS, FIRST_MS * 2 ** rests)
        rests++
        isProbing = false
      }
      return { until: new Date(until), isNews }
    },
    heal: () => {
      rests = 0
      isProbing = false
    },
  }
}
