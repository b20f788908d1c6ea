import { type Database, inTransaction } from '../connection/client.ts'
import { factTableOrThrow } from './tables/index.ts'

/** The importer's word that a table is complete up to an instant (docs/operating.md, Schedules). */
export interface Watermark {
  readonly accountId: number
  readonly table: string
  readonly completeThrough: Date
  readonly setAt: Date
}

/**
 * Says that a table is complete through an instant, and returns what was said before. It may also move back: then facts
 * turned out to be missing, and the caller sees from what. Throws UnknownTable.
 */
export async function setWatermark(
  db: Database,
  accountId: number,
  table: string,
  through: Date,
  now: Date,
): Promise<Watermark | undefined> {
  const { name } = factTableOrThrow(table)
  return inTransaction(db, async (transaction) => {
    const previous = await findWatermark(transaction, accountId, name)
    await transaction
      .insertInto('watermarks')
      .values({ account_id: accountId, table_name: name, complete_through: through, set_at: now })
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'table_name']).doUpdateSet({ complete_through: through, set_at: now }),
      )
      .execute()
    return previous
  })
}

export async function findWatermark(db: Database, accountId: number, table: string): Promise<Watermark | undefined> {
  const row = await watermarksOf(db, accountId).where('table_name', '=', table).executeTakeFirst()
  return row && watermarkOf(row)
}

export async function listWatermarks(db: Database, accountId: number): Promise<Watermark[]> {
  return (await watermarksOf(db, accountId).orderBy('table_name').execute()).map(watermarkOf)
}

const watermarksOf = (db: Database, accountId: number) =>
  db.selectFrom('watermarks').selectAll().where('account_id', '=', accountId)

const watermarkOf = (row: { account_id: number; table_name: string; complete_through: Date; set_at: Date }) => ({
  accountId: row.account_id,
  table: row.table_name,
  completeThrough: row.complete_through,
  setAt: row.set_at,
})
