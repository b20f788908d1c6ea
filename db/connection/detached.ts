import { sql } from 'kysely'
import type { Snapshot } from './client.ts'

/** Facts of a month are not in the database any more (migration 0009): figures would come out too small in silence. */
export class DetachedMonth extends Error {
  override readonly name = 'DetachedMonth'

  /** `month`: `YYYY-MM`, of UTC like the parts of the table. */
  constructor(table: string, month: string) {
    super(`${table} of ${month} were detached; expected them back (select attach_month('${table}', '${month}'))`)
  }
}

/** Throws DetachedMonth where a month of the table that the half-open period touches was taken out. */
export async function expectMonths(
  db: Snapshot,
  table: 'clicks' | 'usage_events',
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<void> {
  const start = sql`month::timestamp at time zone 'UTC'`
  const end = sql`(month + interval '1 month') at time zone 'UTC'`
  const { rows } = await sql<{ month: string }>`
    select to_char(month, 'YYYY-MM') as month from detached_months
    where table_name = ${table} and ${start} < ${to} and ${end} > ${from} order by 1 limit 1`.execute(db)
  if (rows[0]) throw new DetachedMonth(table, rows[0].month)
}
