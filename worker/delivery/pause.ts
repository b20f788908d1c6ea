const FIRST_MS = 5_000
const LONGEST_MS = 5 * 60_000
const PROBE_MS = 60_000
const LOUD_AGAIN_MS = 60 * 60_000

/**
 * Rests the channel while nothing of ours can pass: wrong password, bad certificate, no relaying, a block list. After each
 * rest one mail goes ahead and tries; the others wait for what it finds. Rests double from 5 s to 5 minutes.
 */
export interface Pause {
  /** When to come back; undefined: go ahead now. */
  readonly until: (now: Date) => Date | undefined
  /** Whether everybody has to wait; takes nothing. */
  readonly isResting: (now: Date) => boolean
  /** Notes that nothing can pass. Returns when to come back, and whether whoever reads the log has to be told (again). */
  readonly trip: (now: Date) => { until: Date; isNews: boolean }
  /** An answer that is no refusal of us ends a rest; only a mail that was `taken` makes the next one news. True where one was resting. */
  readonly heal: (isTaken: boolean) => boolean
  /** How often in a row nothing could pass. */
  readonly rests: () => number
}

export function createPause(): Pause {
  let rests = 0
  let until = 0
  let isProbing = false
  let told = Number.NEGATIVE_INFINITY
  return {
    until: (now) => {
      if (rests === 0) return undefined
      if (now.getTime() < until) return new Date(until)
      isProbing = true
      until = now.getTime() + PROBE_MS
      return undefined
    },
    isResting: (now) => rests > 0 && now.getTime() < until,
    trip: (now) => {
      if (rests === 0 || isProbing) {
        until = now.getTime() + Math.min(LONGEST_MS, FIRST_MS * 2 ** rests)
        rests++
        isProbing = false
      }
      const isNews = now.getTime() - told >= LOUD_AGAIN_MS
      if (isNews) told = now.getTime()
      return { until: new Date(until), isNews }
    },
    heal: (isTaken) => {
      const wasResting = rests > 0
      rests = 0
      isProbing = false
      if (isTaken) told = Number.NEGATIVE_INFINITY
      return wasResting
    },
    rests: () => rests,
  }
}
