import type { FactTable } from '../table.ts'
import { childrenOf } from '../tables/index.ts'
import type { Query } from './query.ts'
import { rowsOf } from './rows.ts'

/** What an import did to a table, in rows. `conflicts`: later, different payloads of known events. */
export interface Counts {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly conflicts: number
}

/** Clicks of one campaign and instant in one file add up. */
const SUMMED_CLICKS = `(select campaign_id, occurred_at, sum(coalesce(clicks, 1))::bigint as clicks
  from staged group by campaign_id, occurred_at)`

/**
 * Brings the checked rows into their table: what differs is updated, what is new is inserted in the file's order.
 * `within`: where the rows `t` known of their keys are.
 */
export async function store(query: Query, table: FactTable, within: string): Promise<Counts> {
  const source = table.name === 'clicks' ? SUMMED_CLICKS : 'staged'
  const { from, values } = rowsOf(table, source)
  const columns = [...values.keys()]
  const select = `select ${[...values].map(([column, value]) => `${value} as ${column}`).join(', ')} from ${from}`

  await noteMoved(query, table, select)
  const updated = await run(query, updateSql(table, columns, select, within))
  const rows = `select ${columns.map((column) => `r.${column}`).join(', ')} from (${select}) r`
  const inserted = await run(query, insertSql(table, columns, `${rows} where ${isNew(table, within)}`))
  await moveChildren(query, table)
  const total = Number((await query<{ count: string }>(`select count(*) from ${source} s`)).rows[0]?.count)
  return { inserted, updated, unchanged: total - inserted - updated, conflicts: 0 }
}

/** How many rows a statement wrote. */
export const run = async (query: Query, sql: string) => (await query(sql)).rowCount ?? 0

/** Of a row `r`: the table has none of its key. */
export const isNew = (table: FactTable, within = 'true') =>
  `not exists (select from ${table.keys ?? table.name} t where ${sameKey(keyOf(table))} and ${table.keys ? 'true' : within})`

/** Inserts rows, and their keys where the table has these apart. */
export function insertSql(table: FactTable, columns: readonly string[], rows: string): string {
  const key = keyOf(table)
  const insert = `insert into ${table.name} (${columns.join(', ')}) ${rows}`
  if (!table.keys) return `${insert} on conflict (${key.join(', ')}) do nothing`
  const keys = [...key, table.month].join(', ')
  return `with inserted as (${insert} returning ${keys}) insert into ${table.keys} (${keys}) select ${keys} from inserted`
}

function updateSql(table: FactTable, columns: readonly string[], select: string, within: string): string {
  const key = keyOf(table)
  const others = columns.filter((column) => !key.includes(column))
  if (others.length === 0) return 'select where false'
  const list = (alias: string) => others.map((column) => `${alias}.${column}`).join(', ')
  const update = `update ${table.name} t set (${others.join(', ')}) = row(${list('r')})`
  const differs = `${within} and (${list('t')}) is distinct from (${list('r')})`
  if (!table.keys) return `${update} from (${select}) r where ${sameKey(key)} and ${differs}`
  const { keys, month } = table
  return `with updated as (${update} from (${select}) r join ${keys} k on ${sameKey(key, 'k')}
      where ${sameKey([...key, month as string], 't', 'k')} and ${differs} returning ${[...key, month].map((column) => `t.${column}`)}),
    redated as (update ${keys} k set ${month} = u.${month} from updated u
      where ${sameKey(key, 'k', 'u')} and k.${month} <> u.${month})
    select from updated`
}

const keyOf = (table: FactTable) => [...new Set(['account_id', ...table.key])]

const sameKey = (key: readonly string[], left = 't', right = 'r') =>
  key.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ')

/** Remembers which known rows go to another partner, so that what belongs to them can follow. */
async function noteMoved(query: Query, table: FactTable, select: string): Promise<void> {
  if (childrenOf(table).length === 0) return
  await query(
    `create temporary table moved on commit drop as
     select r.${table.key[0]} as key, r.partner_id from (${select}) r join ${table.name} t on ${sameKey(keyOf(table))}
     where t.partner_id <> r.partner_id`,
  )
}

/** The conflicts of usage events belong to their organisation like the events themselves. */
async function moveChildren(query: Query, table: FactTable): Promise<void> {
  const children = childrenOf(table).map((child) => child.name)
  if (children.length === 0) return
  const { rowCount } = await query('select from moved limit 1')
  if (children.includes('usage_events')) children.push('usage_event_conflicts')
  for (const child of rowCount ? children : []) {
    await query(
      `update ${child} t set partner_id = m.partner_id from moved m
       where t.account_id = $1 and t.${table.key[0]} = m.key and t.partner_id <> m.partner_id`,
    )
  }
  await query('drop table moved')
}
