import type { FaultList } from '../faults.ts'
import type { FactTable } from '../table.ts'
import { childrenOf } from '../tables/index.ts'
import { type Bringing, type Changed, findChanged, updateChanged } from './changed.ts'
import { forgetEdits, type Kept } from './kept.ts'
import { keyOf, sameKey } from './keys.ts'
import type { Query } from './query.ts'
import { newRows } from './rows.ts'
import { findWidespread } from './widespread.ts'
import { countWishesKept, noteWishes } from './wishes.ts'

/** What an import did to a table, in rows. */
export interface Counts {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  /** Later, different payloads of known events. */
  readonly conflicts: number
  /** In how many of the updated rows each column changed; absent where none did. */
  readonly columns?: Changed['columns']
  /** How many cells of each column a partner has set itself, otherwise than the file says; absent where none has. */
  readonly kept?: Kept
  /** Rows of keys that were taken back, and so passed over; absent where there are none. */
  readonly void?: number
  /** Rows taken back, or brought again, where that was asked. */
  readonly voided?: number
  readonly restored?: number
}

/** Clicks of one campaign and instant in one file add up; where any of the lines brings a count, the sum is brought. */
const summedClicks = (isRagged: boolean) =>
  `(select campaign_id, occurred_at, sum(coalesce(clicks, 1))::bigint as clicks, min(line) as line
    ${isRagged ? ', bit_or(given) as given' : ''} from staged group by campaign_id, occurred_at)`

/**
 * Brings the checked rows into their table: what differs is updated, what is new is inserted in the file's order. Undefined
 * where known rows turn out to have faults.
 */
export async function store(
  query: Query,
  table: FactTable,
  bringing: Bringing,
  faults: FaultList,
): Promise<Counts | undefined> {
  const staged = table.name === 'clicks' ? summedClicks(bringing.ragged) : 'staged'
  const wishes = await countWishesKept(query, table, bringing.given)
  const changed = await findChanged(query, table, staged, bringing, faults)
  if (faults.count) return undefined
  for (const warning of await findWidespread(query, table, changed)) bringing.warn(warning)
  if (changed.rows) await updateChanged(query, table, bringing)
  if (bringing.overwrite) await forgetEdits(query, table, Object.keys(changed.columns))
  if (table.name === 'partners') await noteWishes(query, changed, bringing)
  const { from, values } = newRows(table, staged)
  const columns = [...values.keys()]
  const select = `select ${[...values].map(([column, value]) => `${value} as ${column}`).join(', ')} from ${from}`
  const rows = `select ${columns.map((column) => `r.${column}`).join(', ')} from (${select}) r`
  const inserted = await run(query, insertSql(table, columns, `${rows} where ${isNew(table, bringing.within)}`))
  if (changed.columns.partner_id) await moveChildren(query, table)
  await query('drop table changed')
  const total = Number((await query<{ count: string }>(`select count(*) from ${staged} s`)).rows[0]?.count)
  const counts = { inserted, updated: changed.rows, unchanged: total - inserted - changed.rows, conflicts: 0 }
  const kept = { ...changed.kept, ...wishes }
  return {
    ...counts,
    ...(changed.rows ? { columns: changed.columns } : {}),
    ...(Object.keys(kept).length ? { kept } : {}),
  }
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

/** What belongs to rows that went to another partner follows; the conflicts of usage events like the events themselves. */
async function moveChildren(query: Query, table: FactTable): Promise<void> {
  const children = childrenOf(table).flatMap(({ name, beside }) => (beside ? [name, beside] : [name]))
  for (const child of children) {
    await query(
      `update ${child} t set partner_id = c.partner_id from changed c
       where t.account_id = $1 and t.${table.key[0]} = c.${table.key[0]} and (c.before).partner_id <> c.partner_id
         and t.partner_id <> c.partner_id`,
    )
  }
}
