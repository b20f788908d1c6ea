import type { FaultList } from '../faults.ts'
import type { FactTable } from '../table.ts'
import { duplicates, hasKeyTwice, references, runCheck, unique } from './checks.ts'
import { keyJson } from './keys.ts'
import { logSql } from './log.ts'
import { knownStretch, makeMonths } from './months.ts'
import type { Query } from './query.ts'
import { stored } from './rows.ts'
import { type Counts, insertSql, run } from './store.ts'
import { type Doing, unknownKeys } from './void.ts'
import { isStaged, voidedKeys, voidedOf } from './voided.ts'

/**
 * Brings voided rows of the staged keys again as they were, belonging to whom their owner belongs to now. What they refer
 * to has to be there; a key that is not void has to have its row, which stays as it is. Throws DetachedMonth.
 */
export async function restoreStaged(
  query: Query,
  table: FactTable,
  doing: Doing,
  faults: FaultList,
): Promise<Counts | undefined> {
  if (await hasKeyTwice(query, table)) await runCheck(query, duplicates(table), faults)
  const expected = `the ${table.key.at(-1)} of a row that was voided of the ${table.name}`
  await runCheck(query, unknownKeys(table, await knownStretch(query, table), expected), faults)
  if (faults.count) return undefined
  await stageRows(query, table)
  const whole = () => true
  for (const check of [...references(table, whole), ...unique(table, whole)]) await runCheck(query, check, faults)
  if (faults.count) return undefined
  await makeMonths(query, table)
  const restored = await bringBack(query, table, doing)
  const total = Number((await query<{ count: string }>('select count(*) from wanted')).rows[0]?.count)
  await query('drop table wanted')
  return { inserted: 0, updated: 0, unchanged: total - restored, conflicts: 0, restored }
}

/** Puts the whole rows in the place of the staged keys, which are `wanted` from now on; not of a key that has a row again. */
async function stageRows(query: Query, table: FactTable): Promise<void> {
  const made = table.made ? `, r.${table.made.column} as ${table.made.column}_default` : ''
  const key = table.key.join(', ')
  await query('alter table staged rename to wanted')
  await query(
    `create temporary table staged on commit drop as select s.line, r.* ${made}
     from (select min(line) as line, ${key} from wanted group by ${key}) s join ${voidedKeys(table, 'v.row')} v on ${isStaged(table, 'v')},
       lateral jsonb_populate_record(null::${table.name}, ${followed(table, 'v.row')}) r
     where not exists (select from ${table.name} t where t.account_id = $1 and ${isStaged(table, 't')})`,
  )
}

/** SQL: a kept row as JSON, with the partner that its owner has now. */
function followed({ owner, columns }: FactTable, row: string): string {
  const key = columns.find(({ name }) => name === owner?.key)
  if (!owner || !key) return row
  const partner = `select o.partner_id from ${owner.table} o where o.account_id = $1 and o.${key.name} = (${row}->>'${key.name}')::${key.type.sql}`
  return `${row} || jsonb_build_object('partner_id', coalesce((${partner}), ${row}->>'partner_id'))`
}

async function bringBack(query: Query, table: FactTable, { now, by, source }: Doing): Promise<number> {
  const { name, logged, beside } = table
  const attributes = await query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = '${name}'::regclass and attnum > 0 and not attisdropped`,
  )
  const columns = attributes.rows.map((attribute) => attribute.name)
  const restored = await run(
    query,
    insertSql(table, columns, `select ${columns.map((c) => `s.${c}`).join(', ')} from staged s`),
  )
  if (logged) {
    const rows = `(select null::${name} as before, t as after from staged s ${stored(table, await knownStretch(query, table))}) rows`
    await query(logSql(table, rows), now, source)
  }
  if (beside) await query(besideSql(table, beside))
  await query(
    `update voided_facts set restored_at = $2::timestamptz, restored_by = $3::text where (account_id, id) in (
       select v.account_id, v.id from ${voidedOf(table)} and v.key in (select ${keyJson(table, 'w')} from wanted w))`,
    now,
    by,
  )
  return restored
}

const besideSql = (table: FactTable, beside: string) =>
  `insert into ${beside} select r.* from staged s join ${voidedKeys(table, 'v.beside')} v on ${isStaged(table, 'v')},
     lateral jsonb_array_elements(v.beside) kept, lateral jsonb_populate_record(null::${beside}, ${followed(table, 'kept')}) r
   on conflict do nothing`
