import type { FaultList } from '../faults.ts'
import type { Column, FactTable } from '../table.ts'
import { runCheck } from './checks.ts'
import type { Query } from './query.ts'
import { stored } from './rows.ts'

/** Cells of a file that say otherwise than what stays, by column. */
export type Kept = Readonly<Record<string, number>>

/**
 * Holds the rows of the file that a partner may change meanwhile over HTTP: it changes the row before it says so in
 * `partner_edits`, so that whoever holds the row sees both or neither.
 */
export async function holdEdited(query: Query, table: FactTable, staged: string): Promise<void> {
  if (table.edited)
    await query(`select from ${staged} s ${stored(table, 'true')} order by t.partner_id for update of t`)
}

/**
 * Takes out of `changed` what an import may not change: cells that a partner set itself, unless they are to be overwritten,
 * and what was made here. Gives back how many cells that were, by column. Where a row made here is meant, it has to be meant
 * right: another partner, amount or currency are faults.
 */
export async function keepOwn(
  query: Query,
  table: FactTable,
  columns: readonly string[],
  overwrite: boolean,
  faults: FaultList,
): Promise<Kept> {
  for (const column of columns) if (table.ours?.agree.includes(column)) await checkAgreed(query, table, column, faults)
  const held = table.columns
    .filter(({ name }) => columns.includes(name))
    .flatMap((column) => conditionOf(table, column, overwrite).map((where) => ({ name: column.name, where })))
  if (held.length === 0) return {}
  const kept = held.map(({ name, where }) => `count(*) filter (where ${differs(name)} and ${where}) as ${name}`)
  const { rows } = await query<Record<string, string>>(`select ${kept.join(', ')} from changed c`)
  const counts = held.map(({ name }) => [name, Number(rows[0]?.[name])] as const).filter(([, count]) => count > 0)
  if (counts.length === 0) return {}
  const sets = held.map(({ name, where }) => `${name} = case when ${where} then (c.before).${name} else c.${name} end`)
  await query(`update changed c set ${sets.join(', ')}`)
  await query(`delete from changed c where not (${columns.map(differs).join(' or ')})`)
  return Object.fromEntries(counts)
}

const differs = (column: string) => `(c.before).${column} is distinct from c.${column}`

/** SQL over the changed row `c`: the column keeps what it has. */
function conditionOf(table: FactTable, { name, held }: Column, overwrite: boolean): string[] {
  if (held) return [held]
  if (!table.edited || overwrite) return []
  return [
    `exists (select from partner_edits e where e.account_id = $1 and e.table_name = '${table.name}'
      and e.partner_id = c.partner_id and e.column_name = '${name}')`,
  ]
}

const checkAgreed = (query: Query, { ours }: FactTable, column: string, faults: FaultList) =>
  runCheck(
    query,
    {
      column,
      expected: `the ${column} of the one that was made here under this number`,
      sql: `select c.line, s.${column}::text as value from changed c join staged s using (line)
        where (c.before).${ours?.marked} and ${differs(column)}`,
    },
    faults,
  )

/** What an import was told to overwrite is its own word from now on. */
export async function forgetEdits(query: Query, table: FactTable, columns: readonly string[]): Promise<void> {
  if (!table.edited || columns.length === 0) return
  const overwritten = columns.map((name) => `(e.column_name = '${name}' and ${differs(name)})`)
  await query(
    `delete from partner_edits e using changed c where e.account_id = $1 and e.table_name = '${table.name}'
       and e.partner_id = c.partner_id and (${overwritten.join(' or ')})`,
  )
}
