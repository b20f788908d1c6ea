import { DetachedMonth } from '../../detached.ts'
import type { FactTable } from '../table.ts'
import type { Query } from './query.ts'

/** A month that staged rows are of: its first day, and its part of the table where there is one. */
interface Month {
  readonly day: string
  readonly part: string | null
  readonly detached: boolean
}

/**
 * Sees to it that every staged row's month has its part of the table (migration 0009); DetachedMonth where that was taken
 * out. Gives the tables to analyse once the rows are in: the months' parts, or the whole where one is new, for the planner asks
 * the whole what is in its parts.
 */
export async function makeMonths(query: Query, { name, month, keys }: FactTable): Promise<string[]> {
  if (!month) return [name]
  const { rows } = await query<Month>(
    `select to_char(m, 'YYYY-MM-DD') as day, to_regclass('${name}_' || to_char(m, 'YYYY_MM'))::text as part,
       exists (select from detached_months d where d.table_name = '${name}' and d.month = m) as detached
     from (select distinct date_trunc('month', ${month} at time zone 'UTC') as m from staged) months`,
  )
  for (const { day, detached } of rows) if (detached) throw new DetachedMonth(name, day.slice(0, 7))
  await query(`select make_months('${name}', '{${rows.map(({ day }) => day)}}')`)
  const parts = rows.flatMap(({ part }) => part ?? [])
  const written = parts.length === rows.length ? parts : [name]
  return keys ? [...written, keys] : written
}
