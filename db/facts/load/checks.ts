import type { FaultList } from '../faults.ts'
import type { FactTable, Reference } from '../table.ts'
import type { Query } from './query.ts'
import { rowsOf } from './rows.ts'

/** A query for the bad rows among the staged: their `line` and the bad `value` of `column`. */
interface Check {
  readonly column: string
  readonly expected: string
  readonly sql: string
}

const SHOWN = 20

/** Everything that no cell shows by itself: references, keys within the file, digits of money, rules of the table. */
export async function checkStaged(
  query: Query,
  table: FactTable,
  columns: readonly string[],
  faults: FaultList,
): Promise<void> {
  const keyTwice = await hasKeyTwice(query, table)
  const checks = [
    ...references(table, columns),
    ...digits(table, columns),
    ...rules(table),
    ...(keyTwice ? [duplicates(table)] : []),
  ]
  for (const check of checks) await run(query, check, faults)
}

async function run(query: Query, check: Check, faults: FaultList): Promise<void> {
  const { column, expected } = check
  const found = await query<{ line: string; value: string | null; total: string }>(
    `with bad as (${check.sql}) select line, value, count(*) over () as total from bad order by line limit ${SHOWN}`,
  )
  const shown = found.rows.map(({ line, value }) => ({ line: Number(line), column, value: value ?? '', expected }))
  faults.addAll(Number(found.rows[0]?.total ?? 0), shown)
}

function references(table: FactTable, columns: readonly string[]): Check[] {
  return (table.references ?? [])
    .filter((reference) => reference.columns.every((column) => columns.includes(column)))
    .map((reference) => unknown(table, reference))
}

function unknown(table: FactTable, { columns, table: other, to = columns, within }: Reference): Check {
  const column = columns.at(-1) as string
  const filled = columns.map((name) => `s.${name} is not null`).join(' and ')
  const same = columns.map((name, index) => `t.${to[index]} = s.${name}`).join(' and ')
  const alsoInFile = other === table.name ? `and not exists (select from staged t where ${same})` : ''
  const first = columns[0]
  const inKnown = within
    ? `and exists (select from ${within} t where t.account_id = $1 and t.${first} = s.${first})`
    : ''
  return {
    column,
    expected: `the ${to.at(-1)} of one of the ${other}`,
    sql: `select s.line, s.${column}::text as value from staged s where ${filled} ${inKnown}
      and not exists (select from ${other} t where t.account_id = $1 and ${same}) ${alsoInFile}`,
  }
}

/** Amounts with more digits than their currency has, or beyond bigint. */
function digits(table: FactTable, columns: readonly string[]): Check[] {
  const { from, factor } = rowsOf(table)
  return table.columns
    .filter(({ name, type }) => type.money && columns.includes(name))
    .map(({ name }) => ({
      column: name,
      expected: 'an amount with no more digits than its currency has',
      sql: `select s.line, s.${name}::text as value from ${from}
        where s.${name} * ${factor} <> trunc(s.${name} * ${factor}) or abs(s.${name} * ${factor}) >= 2::numeric ^ 63`,
    }))
}

function rules(table: FactTable): Check[] {
  return (table.rules ?? []).map(({ column, expected, broken }) => ({
    column,
    expected,
    sql: `select s.line, s.${column}::text as value from staged s where ${broken}`,
  }))
}

/** Tables whose files may name a key twice: counts add up, and events are heard more than once. */
const MAY_REPEAT = ['clicks', 'usage_events']

async function hasKeyTwice(query: Query, table: FactTable): Promise<boolean> {
  if (MAY_REPEAT.includes(table.name)) return false
  const filled = table.key.map((column) => `${column} is not null`).join(' and ')
  const sql = `select from staged where ${filled} group by ${table.key.join(', ')} having count(*) > 1 limit 1`
  return ((await query(sql)).rowCount ?? 0) > 0
}

function duplicates({ key }: FactTable): Check {
  const column = key.at(-1) as string
  const filled = key.map((name) => `${name} is not null`).join(' and ')
  return {
    column,
    expected: `each ${key.join(' + ')} once in a file`,
    sql: `select line, value from (select line, ${column}::text as value,
        row_number() over (partition by ${key.join(', ')} order by line) as nth from staged where ${filled}) counted
      where nth > 1`,
  }
}
