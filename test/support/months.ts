import { sql } from 'kysely'
import type { Database } from '../../db/connection/client.ts'

type Instant = Date | string

/** Parts of a table for the rows that a test puts straight into it; an import makes its own (migration 0009). */
export async function makeMonths(db: Database, table: string, instants: readonly Instant[]): Promise<void> {
  const months = new Set(instants.map((instant) => `${new Date(instant).toISOString().slice(0, 7)}-01`))
  await sql`select make_months(${table}::regclass, ${[...months]}::date[])`.execute(db)
}
