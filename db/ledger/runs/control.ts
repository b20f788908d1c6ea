import { sql } from 'kysely'
import { type Database, inTransaction, type Writer } from '../../connection/client.ts'
import { cancelDeliveries } from '../deliveries/requests.ts'
import { type PresentAddresses, retryDeliveries } from '../deliveries/retries.ts'
import { overtaken } from './overtaken.ts'
import { OPEN, type Run } from './runs.ts'

type RunKey = { account_id: number; id: string }

/** Cancels an open run: what is sealed but not rendered and what is not sent stops; what is being sent is let through. */
export function cancelRun(db: Database, run: RunKey, now: Date): Promise<boolean> {
  return inTransaction(db, async (writer) => {
    const { numUpdatedRows } = await writer
      .updateTable('runs')
      .set({ status: 'cancelled', finished_at: now })
      .where('account_id', '=', run.account_id)
      .where('id', '=', run.id)
      .where('status', 'in', OPEN)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    await cancelStatements(writer, run)
    await cancelDeliveries(writer, run)
    return true
  })
}

async function cancelStatements(writer: Writer, run: RunKey): Promise<void> {
  await writer
    .updateTable('statements')
    .set({ status: 'cancelled' })
    .where('account_id', '=', run.account_id)
    .where('run_id', '=', run.id)
    .where('status', '=', 'sealed')
    .execute()
}

/**
 * Reopens an ended run for what failed in it: a computation that failed starts again (nothing of it was sealed), failed
 * statements are rendered again, failed and suppressed deliveries are due again at their subjects' addresses of today.
 * What a later revision says anew is left alone, or the
 * older figures would arrive last. False, and nothing changed, where nothing is left. Throws a unique violation where another run of the period is open.
 */
export function retryRun(db: Database, run: Run, now: Date, present: PresentAddresses): Promise<boolean> {
  return inTransaction(db, async (writer) => {
    if (run.status === 'cancelled' || !(await holdRun(writer, run))) return false
    const sealed = await writer
      .selectFrom('statements')
      .select('id')
      .where('account_id', '=', run.account_id)
      .where('run_id', '=', run.id)
      .limit(1)
      .executeTakeFirst()
    if (run.status === 'failed' && !sealed) return !(await isReplaced(writer, run)) && reopen(writer, run, 'queued')
    const statements = await retryStatements(writer, run)
    const deliveries = await retryDeliveries(writer, run, now, present)
    if (statements > 0n) return reopen(writer, run, 'rendering')
    return deliveries.length > 0 ? reopen(writer, run, 'delivering') : false
  })
}

/** Keeps the run as it was read until the end of the transaction; false where it has meanwhile moved on. */
async function holdRun(writer: Writer, run: Run): Promise<boolean> {
  const held = await writer
    .selectFrom('runs')
    .select('id')
    .where('account_id', '=', run.account_id)
    .where('id', '=', run.id)
    .where('status', '=', run.status)
    .forUpdate()
    .executeTakeFirst()
  return held !== undefined
}

/** What a later revision has sealed must not be sealed over by an earlier one. */
async function isReplaced(writer: Writer, run: Run): Promise<boolean> {
  const later = await writer
    .selectFrom('runs')
    .select('id')
    .where('account_id', '=', run.account_id)
    .where('report', '=', run.report)
    .where('period', '=', run.period)
    .where('revision', '>', run.revision)
    .limit(1)
    .executeTakeFirst()
  return later !== undefined
}

async function reopen(writer: Writer, run: Run, status: 'queued' | 'rendering' | 'delivering'): Promise<boolean> {
  const { numUpdatedRows } = await writer
    .updateTable('runs')
    .set({ status, finished_at: null, error: null })
    .where('account_id', '=', run.account_id)
    .where('id', '=', run.id)
    .where('status', '=', run.status)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A failed statement is still sealed: it is only rendered again, and its mail waits for its files. */
async function retryStatements(writer: Writer, run: RunKey): Promise<bigint> {
  const { numAffectedRows } = await sql`
    update statements s set status = 'sealed', error = null
    from runs r
    where r.account_id = ${run.account_id} and r.id = ${run.id} and s.account_id = r.account_id and s.run_id = r.id
      and s.status = 'failed' and not ${overtaken}`.execute(writer)
  return numAffectedRows ?? 0n
}
