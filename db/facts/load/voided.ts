import type { FactTable } from '../table.ts'
import type { Query } from './query.ts'

/** SQL: the voided rows of a table that have not been restored, `v`. */
export const voidedOf = ({ name }: FactTable) =>
  `voided_facts v where v.account_id = $1 and v.table_name = '${name}' and v.restored_at is null`

/** SQL: the keys of those rows in the columns that they are of, with what more is asked of `v`. */
export function voidedKeys(table: FactTable, ...more: readonly string[]): string {
  const columns = table.key.map((name) => {
    const type = table.columns.find((column) => column.name === name)?.type.sql
    return `(v.key->>'${name}')::${type} as ${name}`
  })
  return `(select ${[...columns, ...more].join(', ')} from ${voidedOf(table)})`
}

/** SQL: the staged row `s` has the key of the row. */
export const isStaged = ({ key }: FactTable, alias: string) =>
  key.map((column) => `${alias}.${column} = s.${column}`).join(' and ')

/** What was taken back stays so, however often an export brings it: takes such rows off the staged, and says how many. */
export async function passOver(query: Query, table: FactTable): Promise<number> {
  const some = await query(`select from ${voidedOf(table)} limit 1`)
  if (!some.rowCount) return 0
  const { rowCount } = await query(`delete from staged s using ${voidedKeys(table)} v where ${isStaged(table, 'v')}`)
  return rowCount ?? 0
}
