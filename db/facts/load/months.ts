import { DetachedMonth } from '../../connection/detached.ts'
import type { FactTable } from '../table.ts'
import { sameKey } from './keys.ts'
import type { Query } from './query.ts'

/** A month that staged rows are of: its first day, and its part of the table where there is one. */
interface Month {
  readonly day: string
  readonly part: string | null
}

/** What an import has to know of a table's months. */
export interface Months {
  /** As of `stretchOf`. */
  readonly within: string
  /** The tables to analyse when much was stored. */
  readonly written: readonly string[]
  /** A part is new: the whole is to be analysed, which is asked what is in its parts and is not looked after by anyone else. */
  readonly isNew: boolean
}

/** Of the part that rows of the month `m` lie in; the first and the last hold what no month is made for. */
const ENDING = `case when m < '2000-01-01' then '_past' when m >= '2100-01-01' then '_future' else to_char(m, '_YYYY_MM') end`

/**
 * Sees to it that every staged row's month has its part of the table (migration 0009), and forgets keys whose rows are gone.
 * DetachedMonth where staged rows, or known rows of their keys, are of a month that was taken out.
 */
export async function makeMonths(query: Query, table: FactTable): Promise<Months> {
  const { name, month, keys } = table
  if (!month) return { within: 'true', written: [name], isNew: false }
  await refuseDetached(query, table)
  const { rows } = await query<Month>(
    `select to_char(m, 'YYYY-MM-DD') as day, to_regclass('${name}' || ${ENDING})::text as part
     from (select distinct date_trunc('month', ${month} at time zone 'UTC') as m from staged) months`,
  )
  await query(`select make_months('${name}', '{${rows.map(({ day }) => day)}}')`)
  const within = await stretchOf(query, table)
  if (keys) await forgetKeys(query, table, within)
  const parts = rows.flatMap(({ part }) => part ?? [])
  return { within, written: keys ? [...parts, keys] : parts, isNew: parts.length < rows.length }
}

/** As `stretchOf`, of any table, for what is not to make months. Throws DetachedMonth. */
export async function knownStretch(query: Query, table: FactTable): Promise<string> {
  if (!table.month) return 'true'
  await refuseDetached(query, table)
  return stretchOf(query, table)
}

async function refuseDetached(query: Query, { name, month, key, keys }: FactTable): Promise<void> {
  const detached = `detached_months d where d.table_name = '${name}'`
  if (!(await query(`select from ${detached} limit 1`)).rowCount) return
  const known = keys
    ? `union all select k.${month} from staged s join ${keys} k on k.account_id = $1 and ${sameKey(key, 'k', 's')}`
    : ''
  const { rows } = await query<{ month: string }>(
    `select to_char(d.month, 'YYYY-MM') as month from ${detached} and d.month in (
       select date_trunc('month', at at time zone 'UTC') from (select ${month} as at from staged ${known}) instants)
     order by 1 limit 1`,
  )
  if (rows[0]) throw new DetachedMonth(name, rows[0].month)
}

/**
 * SQL over the table's row `t`: where the rows known of the staged keys lie. Said as constants, so that the planner leaves
 * out the other parts: it cannot foresee what a join will find.
 */
export async function stretchOf(query: Query, { month, key, keys }: FactTable): Promise<string> {
  const known = keys ? `join ${keys} k on k.account_id = $1 and ${sameKey(key, 'k', 's')}` : ''
  const at = `${keys ? 'k' : 's'}.${month}`
  const { rows } = await query<{ first: string | null; last: string | null }>(
    `select min(${at})::text as first, max(${at})::text as last from staged s ${known}`,
  )
  const { first = null, last = null } = rows[0] ?? {}
  return first === null ? 'false' : `t.${month} >= '${first}' and t.${month} <= '${last}'`
}

/** Somebody has deleted the rows: what comes in again is new. */
const forgetKeys = (query: Query, { name, month, key, keys }: FactTable, within: string) =>
  query(
    `delete from ${keys} k using staged s where k.account_id = $1 and ${sameKey(key, 'k', 's')} and not exists (
       select from ${name} t where t.account_id = $1 and ${sameKey(key, 't', 'k')} and t.${month} = k.${month} and ${within})`,
  )
