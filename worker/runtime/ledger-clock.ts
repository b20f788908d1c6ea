import type pg from 'pg'
import type { Logger } from 'pino'
import { readClock } from '../../db/connection/now.ts'

const LITTLE_MS = 1_000
const WRONG_MS = 60_000
const LOOK_AGAIN_MS = 1_000

/** The machine's clock, set right by the database's: due dates, claims and retention go by one clock on all machines. */
export interface LedgerClock {
  readonly now: () => Date
  /** The same in milliseconds, and never of a clock that a test holds still: locks in the queue run out by it. */
  readonly stamp: () => number
  /** Looks again how far apart the two are; a database that is away leaves it as it was. */
  readonly compare: () => Promise<void>
  /** Why this machine's clock cannot be trusted; undefined where it is less than a minute away. */
  readonly trouble: () => string | undefined
}

/**
 * Machines' clocks differ a little; only more than a second is set right, so that instants do not jitter. A clock that is
 * set between two looks is followed no further than the time that has passed since, which nobody can set; it is looked at
 * anew at once, for a machine that slept looks the same.
 */
export async function openLedgerClock(pool: pg.Pool, machine: () => Date, log: Logger): Promise<LedgerClock> {
  let offset = 0
  let told = false
  let leap = leaps()
  let lookAt = 0
  const away = () => {
    const leapt = leap()
    if (leapt !== 0 && performance.now() > lookAt) {
      lookAt = performance.now() + LOOK_AGAIN_MS
      void again()
    }
    return offset - leapt
  }
  const correction = () => (Math.abs(away()) > LITTLE_MS ? away() : 0)
  const trouble = () => (Math.abs(away()) > WRONG_MS ? textOf(away()) : undefined)
  const compare = async () => {
    const found = await offsetOf(pool)
    offset = found
    leap = leaps()
    if (trouble() && !told) log.error({ offset }, `THE CLOCK IS WRONG: ${trouble()}`)
    told = trouble() !== undefined
  }
  const again = () => compare().catch((err) => log.debug({ err }, 'the clocks are compared again'))
  await compare()
  return {
    now: () => new Date(machine().getTime() + correction()),
    stamp: () => Date.now() + correction(),
    compare: again,
    trouble,
  }
}

/** By how many milliseconds the machine's clock has been set since now; a few are none. */
function leaps(): () => number {
  const [wall, steady] = [Date.now(), performance.now()]
  return () => {
    const by = Date.now() - wall - (performance.now() - steady)
    return Math.abs(by) > LITTLE_MS ? by : 0
  }
}

async function offsetOf(pool: pg.Pool): Promise<number> {
  const before = Date.now()
  const there = await readClock(pool)
  return there.getTime() - (before + Date.now()) / 2
}

const textOf = (offset: number): string =>
  `this machine's clock is ${Math.round(Math.abs(offset) / 1000)} s ${offset < 0 ? 'ahead of' : 'behind'} the database's; ` +
  'it takes no jobs, opens no scheduled runs and removes nothing until it is less than a minute away'
