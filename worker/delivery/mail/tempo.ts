/**
 * How fast the server takes mails, learnt from its own words: it says "not so fast" at the greeting or at MAIL, to
 * everybody alike. A token bucket whose rate falls a little below what was taken in the last minute and grows from there,
 * slowly near the rate that was too much, fast far from it. After such a word all wait, one mail tries, and each try that is
 * turned away doubles the wait. Instants are milliseconds.
 */
export interface Tempo {
  /** While everybody waits: until when. Takes nothing. */
  readonly heldUntil: (now: number) => number | undefined
  /** The same, but gives one asker after the wait the right to try. */
  readonly admit: (now: number) => number | undefined
  /** Takes the next place in the row: the instant at which it may leave. */
  readonly place: (now: number) => number
  /** A mail that had left at `left` got further than that word; ends a wait. */
  readonly taken: (left: number, now: number) => void
  /** A mail that had left at `left` was told that it is too many. Gives back until when all wait. */
  readonly slowed: (left: number, now: number) => number
}

const MINUTE = 60_000
const FIRST_WAIT = 5_000
const LONGEST_WAIT = 15 * MINUTE
/** A try that is never heard of again holds up nobody for longer. */
const TRY = MINUTE
const BELOW = 0.9
const NEAR = 0.03
const FAR = 0.25
/** What nothing is known of begins with this many a minute, and beyond that many there is nothing to hold back. */
const FIRST_RATE = 60
const FULL_RATE = 60_000

export function createTempo(): Tempo {
  const lately = createLately()
  let rate: number | undefined
  let wall = 0
  let free = Number.NEGATIVE_INFINITY
  let grown = 0
  let wait = 0
  let until = 0
  let turned = Number.NEGATIVE_INFINITY // when the last word was heard: what had left before is no news
  const held = (now: number) => (wait > 0 && now < until ? until : undefined)
  const grow = (now: number) => {
    if (rate === undefined) return
    const step = rate > 0.8 * wall && rate < 1.1 * wall ? NEAR : FAR
    rate *= (1 + step) ** (Math.min(now - grown, MINUTE) / MINUTE)
    grown = now
    if (rate > FULL_RATE) rate = undefined
  }
  return {
    heldUntil: held,
    admit: (now) => {
      const later = held(now)
      if (wait > 0 && later === undefined) until = now + TRY
      return later
    },
    place: (now) => {
      if (rate === undefined) return now
      const place = Math.max(now, free)
      free = place + MINUTE / rate
      return place
    },
    taken: (left, now) => {
      lately.add(now)
      if (wait === 0) return grow(now)
      if (left < turned) return
      wait = 0
      grown = now
    },
    slowed: (left, now) => {
      if (left < turned) return Math.max(until, now + FIRST_WAIT)
      if (wait === 0) {
        wall = lately.count(now) || Math.min(rate ?? FIRST_RATE, FIRST_RATE)
        rate = Math.max(1, BELOW * wall)
        free = now
      }
      wait = Math.min(LONGEST_WAIT, wait > 0 ? 2 * wait : FIRST_WAIT)
      until = now + wait
      turned = now
      return until
    },
  }
}

const SECONDS = 60

/** How many there were in the last minute, counted by the second. */
function createLately() {
  const counts = new Array<number>(SECONDS).fill(0)
  const seconds = new Array<number>(SECONDS).fill(Number.NEGATIVE_INFINITY)
  return {
    add: (now: number) => {
      const second = Math.floor(now / 1000)
      const at = ((second % SECONDS) + SECONDS) % SECONDS
      if (seconds[at] !== second) counts[at] = 0
      seconds[at] = second
      counts[at] = (counts[at] ?? 0) + 1
    },
    count: (now: number) => {
      const oldest = Math.floor(now / 1000) - SECONDS
      return counts.reduce((sum, count, at) => ((seconds[at] ?? 0) > oldest ? sum + count : sum), 0)
    },
  }
}
