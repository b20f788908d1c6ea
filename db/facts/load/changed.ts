import type { FaultList } from '../faults.ts'
import type { Given } from '../given.ts'
import type { FactTable } from '../table.ts'
import { ENOUGH_DIGITS, overflows, runCheck } from './checks.ts'
import { holdEdited, type Kept, keepOwn } from './kept.ts'
import { keyOf, sameKey } from './keys.ts'
import { logSql } from './log.ts'
import type { Query } from './query.ts'
import { knownRows } from './rows.ts'

/** What an import knows beside the staged rows. */
export interface Bringing {
  readonly given: Given
  /** Each row has columns of its own. */
  readonly ragged: boolean
  /** Where the rows `t` known of their keys are, as of `stretchOf`. */
  readonly within: string
  /** Also what partners set themselves. */
  readonly overwrite: boolean
  readonly now: Date
  /** What brings the rows, for the record of what they changed. */
  readonly source: string
  /** Told in words what is no fault but looks wrong. */
  readonly warn: (warning: string) => void
}

/** Known rows that an import changes: how many, and in how many each column; only the file's columns that do change. */
export interface Changed {
  readonly rows: number
  readonly columns: Readonly<Record<string, number>>
  /** Cells that stay, though the file says otherwise. */
  readonly kept: Kept
}

/**
 * Collects the known rows that will change in the temporary table `changed`: their columns as they will be, and `before`,
 * the row as it is. Amounts that do not fit the currency that their row keeps are faults. `staged`: SQL of the staged rows.
 */
export async function findChanged(
  query: Query,
  table: FactTable,
  staged: string,
  { given, within, overwrite }: Bringing,
  faults: FaultList,
): Promise<Changed> {
  await holdEdited(query, table, staged)
  const { from, values } = knownRows(table, given, within, staged)
  const others = [...values].filter(([column]) => !keyOf(table).includes(column))
  const [stored, coming] = [others.map(([column]) => `t.${column}`), others.map(([, value]) => value)]
  const differs = others.length ? `(${stored.join(', ')}) is distinct from (${coming.join(', ')})` : 'false'
  const list = [...values].map(([column, value]) => `${value} as ${column}`).join(', ')
  const { rowCount } = await query(
    `create temporary table changed on commit drop as select s.line, t as before, ${list} from ${from} where ${differs}`,
  )
  if (!rowCount) return { rows: 0, columns: {}, kept: {} }
  const names = table.columns.filter(({ name }) => others.some(([column]) => column === name))
  for (const { name } of names.filter(({ type }) => type.money)) await checkDigits(query, name, faults)
  const all = others.map(([column]) => column)
  const kept = await keepOwn(query, table, all, overwrite, faults)
  const counted = names.map(({ name }) => name)
  return { ...(await countColumns(query, counted)), kept }
}

const checkDigits = (query: Query, column: string, faults: FaultList) =>
  runCheck(
    query,
    {
      column,
      expected: ENOUGH_DIGITS,
      sql: `select c.line, s.${column}::text as value from changed c join staged s using (line) where ${overflows(`c.${column}`)}`,
    },
    faults,
  )

async function countColumns(query: Query, columns: readonly string[]): Promise<Omit<Changed, 'kept'>> {
  const counts = columns.map((name) => `count(*) filter (where (before).${name} is distinct from ${name}) as ${name}`)
  const { rows } = await query<Record<string, string>>(
    `select count(*) as rows_changed, ${counts.join(', ')} from changed`,
  )
  const found = columns.map((name) => [name, Number(rows[0]?.[name])] as const)
  return { rows: Number(rows[0]?.rows_changed), columns: Object.fromEntries(found.filter(([, count]) => count > 0)) }
}

/** Makes the rows of `changed` what they are to be, and writes down what they were where the table asks for it. */
export async function updateChanged(
  query: Query,
  table: FactTable,
  { given, within, now, source }: Bringing,
): Promise<void> {
  const { name, keys, month } = table
  const key = keyOf(table)
  const columns = [...knownRows(table, given, within).values.keys()].filter((column) => !key.includes(column))
  const list = (alias: string) => columns.map((column) => `${alias}${column}`).join(', ')
  const inMonth = month ? `and t.${month} = (c.before).${month} and ${within}` : ''
  const steps = [
    `updated as (update ${name} t set (${list('')}) = row(${list('c.')}) from changed c
       where ${sameKey(key, 't', 'c')} ${inMonth} returning c.before, t as after)`,
    ...(keys ? [`redated as (${redateSql(keys, key, month as string)})`] : []),
    ...(table.logged ? [`logged as (${logSql(table, 'updated')})`] : []),
  ]
  const values = table.logged ? [now, source] : []
  await query(`with ${steps.join(',\n')} select from updated limit 1`, ...values)
}

const redateSql = (keys: string, key: readonly string[], month: string) =>
  `update ${keys} k set ${month} = (u.after).${month} from updated u
     where ${key.map((column) => `k.${column} = (u.after).${column}`).join(' and ')} and k.${month} <> (u.after).${month}`
