import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../../db/connection/client.ts'
import { findPosition, hasReplayed, type Position } from '../../db/connection/replica.ts'
import { Refused } from '../values/refused.ts'

/**
 * Does `work` on a database that holds everything committed before it was asked for: facts imported and watermarks set
 * before a run was opened are in its figures wherever they are read. `work` may be done twice, the second time on the
 * primary, so it must leave nothing behind where it fails.
 */
export type Reads = <T>(work: (db: Database) => Promise<T>) => Promise<T>

/** Longer than a standby usually lags, short enough for a person who waits for a preview. */
const PATIENCE_MS = 2_000
const PAUSE_MS = 25

/** Reads from the replica where it has caught up, else from the primary, as also after whatever failed on the replica. */
export function readsFrom(primary: Database, replica: Database | undefined, log: Logger): Reads {
  if (!replica) return (work) => work(primary)
  return async (work) => {
    if (!(await catchesUp(primary, replica, log))) return work(primary)
    try {
      return await work(replica)
    } catch (error) {
      if (error instanceof Refused) throw error
      log.warn({ err: error }, 'reading from the replica failed; the primary is read instead')
      return work(primary)
    }
  }
}

async function catchesUp(primary: Database, replica: Database, log: Logger): Promise<boolean> {
  const position = await findPosition(primary)
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS)
  try {
    const late = new Promise<false>((done) => giveUp.signal.addEventListener('abort', () => done(false)))
    const caughtUp = await Promise.race([follow(replica, position, giveUp.signal), late])
    if (!caughtUp) log.warn({ lsn: position.lsn }, 'the replica lags, or is none of this database; the primary is read')
    return caughtUp
  } catch (error) {
    log.warn({ err: error }, 'the replica is away; the primary is read')
    return false
  } finally {
    clearTimeout(timer)
    giveUp.abort()
  }
}

/** True once the replica has the position; false when asked to give up before. */
async function follow(replica: Database, position: Position, giveUp: AbortSignal): Promise<boolean> {
  while (!giveUp.aborted) {
    if (await hasReplayed(replica, position)) return true
    await wait(PAUSE_MS)
  }
  return false
}
