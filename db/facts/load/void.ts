import type { FaultList } from '../faults.ts'
import type { FactTable } from '../table.ts'
import { duplicates, hasKeyTwice, runCheck } from './checks.ts'
import { keyJson } from './keys.ts'
import { logSql } from './log.ts'
import { knownStretch } from './months.ts'
import type { Query } from './query.ts'
import { refuseReferred } from './referred.ts'
import { stored } from './rows.ts'
import type { Counts } from './store.ts'
import { isStaged, voidedKeys } from './voided.ts'

/** Who takes rows back, or brings them again, when, and what the record of their changes says brought it about. */
export interface Doing {
  readonly now: Date
  readonly by: string
  readonly source: string
}

/**
 * Takes back the rows of the staged keys: they are gone from their table and kept in `voided_facts`. Rows that other facts
 * refer to and keys that nobody knows are faults; what is void already stays as it is. Throws DetachedMonth.
 */
export async function voidStaged(
  query: Query,
  table: FactTable,
  doing: Doing,
  faults: FaultList,
): Promise<Counts | undefined> {
  const within = await knownStretch(query, table)
  if (await hasKeyTwice(query, table)) await runCheck(query, duplicates(table), faults)
  await runCheck(query, unknownKeys(table, within, `the ${table.key.at(-1)} of one of the ${table.name}`), faults)
  await refuseReferred(query, table, faults)
  if (faults.count) return undefined
  const voided = await takeBack(query, table, within, doing)
  const total = Number((await query<{ count: string }>('select count(*) from staged')).rows[0]?.count)
  return { inserted: 0, updated: 0, unchanged: total - voided, conflicts: 0, voided }
}

/** Staged keys of no row, be it void or not. */
export function unknownKeys(table: FactTable, within: string, expected: string) {
  const column = table.key.at(-1) as string
  return {
    column,
    expected,
    sql: `select s.line, s.${column}::text as value from staged s ${stored(table, within, 'left join')}
      where t.account_id is null and not exists (select from ${voidedKeys(table)} v where ${isStaged(table, 'v')})`,
  }
}

async function takeBack(query: Query, table: FactTable, within: string, { now, by, source }: Doing): Promise<number> {
  const { name, keys, month, beside, logged } = table
  const same = (alias: string, row: string) => table.key.map((k) => `${alias}.${k} = ${row}.${k}`).join(' and ')
  const place = keys ? `and k.account_id = $1 and ${isStaged(table, 'k')} and t.${month} = k.${month}` : ''
  const steps = [
    `gone as (delete from ${name} t using staged s ${keys ? `, ${keys} k` : ''}
       where t.account_id = $1 and ${isStaged(table, 't')} ${place} and ${within} returning t as before, null::${name} as after)`,
  ]
  if (keys)
    steps.push(`unkeyed as (delete from ${keys} k using gone g where k.account_id = $1 and ${same('k', '(g.before)')})`)
  if (beside)
    steps.push(
      `along as (delete from ${beside} b using gone g where b.account_id = $1 and ${same('b', '(g.before)')} returning b as row)`,
    )
  if (logged) steps.push(`logged as (${logSql(table, 'gone', '$4')})`)
  const others = beside
    ? `(select jsonb_agg(to_jsonb(a.row)) from along a where ${same('(a.row)', '(g.before)')})`
    : 'null::jsonb'
  const { rowCount } = await query(
    `with ${steps.join(',\n')}
     insert into voided_facts (account_id, table_name, key, row, beside, voided_at, voided_by)
     select $1::int, '${name}', ${keyJson(table, '(g.before)')}, to_jsonb(g.before), ${others}, $2::timestamptz, $3::text from gone g
     on conflict (account_id, table_name, key) where restored_at is null
       do update set row = excluded.row, beside = excluded.beside, voided_at = excluded.voided_at, voided_by = excluded.voided_by`,
    ...[now, by, ...(logged ? [source] : [])],
  )
  return rowCount ?? 0
}
