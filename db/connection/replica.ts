import { sql } from 'kysely'
import type { Database } from './client.ts'

/** How far a database has been written, and which one it is. */
export interface Position {
  readonly lsn: string
  readonly system: string
  readonly database: string
}

/** Where the primary is now: everything committed so far lies before it. */
export async function findPosition(primary: Database): Promise<Position> {
  const { rows } = await sql<Position>`
    select pg_current_wal_insert_lsn()::text as lsn, system_identifier::text as system, current_database() as database
    from pg_control_system()`.execute(primary)
  return rows[0] as Position
}

/** True where `replica` is a standby of the very same database and has replayed it up to the position. */
export async function hasReplayed(replica: Database, { lsn, system, database }: Position): Promise<boolean> {
  const { rows } = await sql<{ there: boolean | null }>`
    select pg_is_in_recovery() and system_identifier::text = ${system} and current_database() = ${database}
      and pg_last_wal_replay_lsn() >= ${lsn}::pg_lsn as there
    from pg_control_system()`.execute(replica)
  return rows[0]?.there === true
}
