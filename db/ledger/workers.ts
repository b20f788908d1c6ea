import { sql } from 'kysely'
import type { Database } from '../connection/client.ts'
import { zoneDataVersion } from '../values/zone.ts'

export interface NewWorker {
  readonly id: string
  readonly host: string
  readonly pid: number
  /** What it goes by (worker/runtime/installation.ts), and what it was started as; null for one that has not joined. */
  readonly settings?: unknown
  readonly command?: string | null
}

/**
 * A process that may hold claims says that it lives. The database's clock counts here, and only here: machines whose
 * clocks differ must agree on who is dead.
 */
export async function registerWorker(db: Database, { settings = null, ...worker }: NewWorker): Promise<void> {
  await db
    .insertInto('workers')
    .values({
      ...worker,
      settings: settings === null ? null : JSON.stringify(settings),
      tz_version: zoneDataVersion(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** False when the row is gone: the process was taken for dead and has to register again. */
export async function beat(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('workers')
    .set({ seen_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function removeWorker(db: Database, id: string): Promise<void> {
  await db.deleteFrom('workers').where('id', '=', id).execute()
}
