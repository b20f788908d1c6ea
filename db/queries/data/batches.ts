import { sql } from 'kysely'
import type { Writer } from '../../connection/client.ts'
import type { Sql } from '../definitions.ts'

/** Rows of a list are read so many at a time, however long it is. */
export const BATCH = 1000

/**
 * The rows of a query in batches out of a cursor, so that no list is ever whole in memory; the last batch is shorter than
 * BATCH (perhaps empty). Lives as long as the transaction; one at a time in it.
 */
export async function* rowBatches<Row>(db: Writer, query: Sql): AsyncGenerator<Row[]> {
  // A cursor is planned for its first rows, but these lists are read to their end.
  await sql`select set_config('cursor_tuple_fraction', '1', true)`.execute(db)
  await sql`declare list no scroll cursor for ${query}`.execute(db)
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(BATCH)} from list`.execute(db)
    yield rows
    if (rows.length < BATCH) return
  }
}
