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

/** Brings the checked rows into their table: what differs is updated, what is new is inserted in the file's order. */
export async function store(query: Query, table: FactTable): Promise<Counts> {
  const source = table.name === 'clicks' ? SUMMED_CLICKS : 'staged'
  const { from, values } = rowsOf(table, source)
  const columns = [...values.keys()]
  const select = `select ${[...values].map(([column, value]) => `${value} as ${column}`).join(', ')} from ${from}`
  const key = [...new Set(['account_id', ...table.key])]
  const run = async (sql: string) => (await query(sql)).rowCount ?? 0

  await noteMoved(query, table, select)
  const updated = await run(updateSql(table.name, columns, key, select))
  const inserted = await run(
    `insert into ${table.name} (${columns.join(', ')}) select ${columns.map((column) => `r.${column}`).join(', ')}
     from (${select}) r where not exists (select from ${table.name} t where ${sameKey(key)})
     on conflict (${key.join(', ')}) do nothing`,
  )
  await moveChildren(query, table)
  const total = Number((await query<{ count: string }>(`select count(*) from ${source} s`)).rows[0]?.count)
  return { inserted, updated, unchanged: total - inserted - updated, conflicts: 0 }
}

function updateSql(table: string, columns: readonly string[], key: readonly string[], select: string): string {
  const others = columns.filter((column) => !key.includes(column))
  const list = (alias: string) => others.map((column) => `${alias}.${column}`).join(', ')
  if (others.length === 0) return 'select where false'
  return `update ${table} t set (${others.join(', ')}) = row(${list('r')}) from (${select}) r
    where ${sameKey(key)} and (${list('t')}) is distinct from (${list('r')})`
}

const sameKey = (key: readonly string[]) => key.map((column) => `t.${column} = r.${column}`).join(' and ')

/** Remembers which known rows go to another partner, so that what belongs to them can follow. */
async function noteMoved(query: Query, table: FactTable, select: string): Promise<void> {
  if (childrenOf(table).length === 0) return
  const key = ['account_id', ...table.key]
  await query(
    `create temporary table moved on commit drop as
     select r.${table.key[0]} as key, r.partner_id from (${select}) r join ${table.name} t on ${sameKey(key)}
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
