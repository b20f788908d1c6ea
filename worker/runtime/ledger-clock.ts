import type pg from 'pg'
import type { Logger } from 'pino'
import { readClock } from '../../db/connection/now.ts'

const LITTLE_MS = 1_000
const WRONG_MS = 60_000

/** The machine's clock, set right by the database's: due dates, claims and retention go by one clock on all machines. */
export interface LedgerClock {
  readonly now: () => Date
  /** Looks again how far apart the two are; a database that is away leaves it as it was. */
  readonly compare: () => Promise<void>
  /** Why this machine's clock cannot be trusted; undefined where it is less than a minute away. */
  readonly trouble: () => string | undefined
}

/** Machines' clocks differ a little; only more than a second is set right, so that instants do not jitter. */
export async function openLedgerClock(pool: pg.Pool, machine: () => Date, log: Logger): Promise<LedgerClock> {
  let offset = 0
  let told = false
  const trouble = () => (Math.abs(offset) > WRONG_MS ? textOf(offset) : undefined)
  const compare = async () => {
    offset = await offsetOf(pool)
    if (trouble() && !told) log.error({ offset }, `THE CLOCK IS WRONG: ${trouble()}`)
    told = trouble() !== undefined
  }
  await compare()
  return {
    now: () => new Date(machine().getTime() + (Math.abs(offset) > LITTLE_MS ? offset : 0)),
    compare: () => compare().catch((err) => log.debug({ err }, 'the clocks are compared again')),
    trouble,
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
