import { sql } from 'kysely'
import type { Writer } from '../connection/client.ts'

/** A process that is at work and says what it goes by. */
export interface LiveProcess {
  readonly host: string
  readonly pid: number
  readonly command: string | null
  readonly settings: unknown
}

/**
 * What was agreed on, undefined before the first who has something to agree on. Whoever asks holds it until the end of the
 * transaction: two who join at once join one after the other.
 */
export async function lockInstallation(writer: Writer): Promise<unknown> {
  await sql`lock table installation in share row exclusive mode`.execute(writer)
  const row = await writer.selectFrom('installation').select('settings').executeTakeFirst()
  return row?.settings
}

export async function saveInstallation(writer: Writer, settings: unknown, now: Date): Promise<void> {
  const values = { settings: JSON.stringify(settings), agreed_at: now }
  await writer
    .insertInto('installation')
    .values(values)
    .onConflict((conflict) => conflict.column('only_one').doUpdateSet(values))
    .execute()
}

/** Those whose heartbeat is fresh by the database's clock and who have joined. */
export async function listLiveProcesses(writer: Writer): Promise<LiveProcess[]> {
  return writer
    .selectFrom('workers')
    .select(['host', 'pid', 'command', 'settings'])
    .where('settings', 'is not', null)
    .where('seen_at', '>', sql<Date>`clock_timestamp() - interval '20 seconds'`)
    .orderBy('host')
    .orderBy('pid')
    .execute()
}
