import type pg from 'pg'

/** What the database's clock says, the one clock that all machines share. */
export async function readClock(pool: pg.Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now')
  return rows[0]?.now as Date
}
