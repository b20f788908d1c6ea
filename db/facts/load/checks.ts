import type { FaultList } from '../faults.ts'
import type { Given } from '../given.ts'
import type { FactTable, Reference } from '../table.ts'
import type { Query } from './query.ts'
import { FACTOR, heldValue, newRows, stored } from './rows.ts'

/** A query for the bad rows among the staged: their `line` and the bad `value` of `column`. */
interface Check {
  readonly column: string
  readonly expected: string | ((found: { readonly named?: string }) => string)
  readonly sql: string
  /** SQL over a bad row `bad` for what `expected` is to name. */
  readonly named?: string
}

const SHOWN = 20

/** Everything that no cell shows by itself: references, keys within the file, digits of money, rules of the table. */
export async function checkStaged(query: Query, table: FactTable, given: Given, faults: FaultList): Promise<void> {
  const keyTwice = await hasKeyTwice(query, table)
  const checks = [
    ...references(table, given),
    ...digits(table, given),
    ...rules(table, given),
    ...unique(table, given),
    ...(keyTwice ? [duplicates(table)] : []),
  ]
  for (const check of checks) await runCheck(query, check, faults)
}

export async function runCheck(query: Query, check: Check, faults: FaultList): Promise<void> {
  const { column, expected } = check
  const found = await query<{ line: string; value: string | null; total: string; named: string }>(
    `with bad as (${check.sql}) select *, ${check.named ?? 'null'} as named
     from (select line, value, count(*) over () as total from bad order by line limit ${SHOWN}) bad`,
  )
  const shown = found.rows.map((row) => ({
    line: Number(row.line),
    column,
    value: row.value ?? '',
    expected: typeof expected === 'string' ? expected : expected(row),
  }))
  faults.addAll(Number(found.rows[0]?.total ?? 0), shown)
}

export function references(table: FactTable, given: Given): Check[] {
  return (table.references ?? [])
    .filter((reference) => reference.columns.every(given))
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

/**
 * Amounts with more digits than their currency has, or beyond bigint. Whether a known row keeps its currency is seen when it
 * is looked at for changes (changed.ts), and asked here only of rows that are wrong otherwise.
 */
function digits(table: FactTable, given: Given): Check[] {
  const { from } = newRows(table)
  const keeps = table.columns.some(({ name, fixed }) => name === 'currency' && fixed)
  const known = `select from ${table.keys ?? table.name} t where t.account_id = $1 and ${sameKey(table)}`
  const certain = keeps ? `and (s.currency is not null or not exists (${known}))` : ''
  return table.columns
    .filter(({ name, type }) => type.money && given(name))
    .map(({ name }) => ({
      column: name,
      expected: ENOUGH_DIGITS,
      sql: `select s.line, s.${name}::text as value from ${from} where ${overflows(`s.${name} * ${FACTOR}`)} ${certain}`,
    }))
}

export const ENOUGH_DIGITS = 'an amount with no more digits than its currency has'

/** SQL: an exact amount in minor units is not one that can be kept. */
export const overflows = (amount: string) => `(${amount} <> trunc(${amount}) or abs(${amount}) >= 2::numeric ^ 63)`

const sameKey = ({ key }: FactTable) => key.map((column) => `t.${column} = s.${column}`).join(' and ')

/** A rule that asks what a known row keeps costs a look at it. */
function rules(table: FactTable, given: Given): Check[] {
  const value = heldValue(table, given)
  return (table.rules ?? []).map(({ column, expected, broken }) => {
    const where = typeof broken === 'string' ? broken : broken(value)
    const rows = /\bt\./.test(where) ? stored(table, 'true', 'left join') : ''
    return { column, expected, sql: `select s.line, s.${column}::text as value from staged s ${rows} where ${where}` }
  })
}

export function unique(table: FactTable, given: Given): Check[] {
  return (table.unique ?? []).flatMap(({ column, called }) => {
    const key = table.key[0]
    const rows = `(select s.line, s.${key}, s.${column}::text as value, ${heldValue(table, given)(column)} as ${column}
      from staged s ${stored(table, 'true', 'left join')}) r`
    const others = `select from ${table.name} o where o.account_id = $1 and o.${key} <> r.${key} and o.${column} = r.${column}`
    const sql = `select r.line, r.value from ${rows} where exists (${others})`
    return [
      { column, expected: `${called} that no other of the ${table.name} has`, sql },
      {
        column,
        expected: `${called} that no other row has`,
        sql: `select line, value from (select *, first_value(${key}) over (partition by ${column} order by line) as first
          from ${rows} where ${column} is not null) counted where ${key} <> first`,
      },
    ]
  })
}

/** Tables whose files may name a key twice: counts add up, and events are heard more than once. */
const MAY_REPEAT = ['clicks', 'usage_events']

export async function hasKeyTwice(query: Query, table: FactTable): Promise<boolean> {
  if (MAY_REPEAT.includes(table.name)) return false
  const filled = table.key.map((column) => `${column} is not null`).join(' and ')
  const sql = `select from staged where ${filled} group by ${table.key.join(', ')} having count(*) > 1 limit 1`
  return ((await query(sql)).rowCount ?? 0) > 0
}

export function duplicates({ key }: FactTable): Check {
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
