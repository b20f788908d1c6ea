import type { Logger } from 'pino'
import type { Database } from '../../db/connection/client.ts'
import { lockInstallation } from '../../db/ledger/installation.ts'
import { beat, type NewWorker, registerWorker, removeWorker } from '../../db/ledger/workers.ts'
import { type Agreement, differencesOf, listed } from './agreement.ts'

/** Whether this process still is what it said to the ledger that it is. */
export interface Standing {
  /** Says that it lives; asked every few seconds. */
  readonly beat: () => Promise<void>
  /** False where it must not work any more. Throws where it was away and the database cannot be asked what has changed. */
  readonly mayWork: () => Promise<boolean>
  /** Why it must not; undefined where it may. */
  readonly trouble: () => string | undefined
  readonly leave: () => Promise<void>
}

/** Others take a process for dead whose heartbeat is 20 s old (db/ledger/installation.ts); a little sooner it doubts itself. */
const AWAY_MS = 18_000

/**
 * A process that was frozen, or out of touch with the database, was taken for dead meanwhile: others may have agreed on other
 * settings. It compares its own again before it works on, and stands back where they differ.
 */
export function createStanding(db: Database, worker: NewWorker, log: Logger): Standing {
  const own = (worker.settings ?? {}) as Agreement
  let seen = performance.now() // goes on while the process is frozen
  let trouble: string | undefined
  let comparing: Promise<void> | undefined
  const isAway = () => performance.now() - seen > AWAY_MS
  const compare = async () => {
    const asked = performance.now()
    const differences = await db.transaction().execute(async (writer) => {
      const found = differencesOf(((await lockInstallation(writer)) ?? {}) as Agreement, own)
      if (found.length === 0 && !(await beat(writer, worker.id))) await registerWorker(writer, worker)
      return found
    })
    seen = asked
    if (differences.length === 0) return
    trouble = `while it was out of touch its installation agreed on other settings:\n${listed(differences)}`
    log.error({ differences }, `THIS PROCESS STANDS BACK, and has to be started again: ${trouble}`)
    await removeWorker(db, worker.id)
  }
  const comeBack = () => {
    comparing ??= compare().finally(() => {
      comparing = undefined
    })
    return comparing
  }
  return {
    beat: async () => {
      if (trouble) return
      if (isAway()) return comeBack()
      const asked = performance.now()
      if (!(await beat(db, worker.id))) await registerWorker(db, worker)
      seen = asked
    },
    mayWork: async () => {
      if (!trouble && isAway()) await comeBack()
      return trouble === undefined
    },
    trouble: () => trouble,
    leave: () => removeWorker(db, worker.id),
  }
}
