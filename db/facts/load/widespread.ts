import type { FactTable } from '../table.ts'
import type { Changed } from './changed.ts'
import type { Query } from './query.ts'

const FEWEST = 10

/**
 * Columns that change in more than a tenth of a table's rows, in words. No fault, but what a file looks like whose export
 * went wrong. Asked before the new rows are in.
 */
export async function findWidespread(query: Query, table: FactTable, { columns }: Changed): Promise<string[]> {
  const most = 10 * Math.max(0, ...Object.values(columns))
  if (most < FEWEST) return []
  // no more of them are counted than decide
  const account = table.name === 'accounts' ? '' : 'where account_id = $1'
  const { rows } = await query<{ count: string }>(
    `select count(*) from (select from ${table.name} ${account} limit ${most}) counted`,
  )
  const total = Number(rows[0]?.count)
  if (total < FEWEST) return []
  return Object.entries(columns)
    .filter(([, count]) => count * 10 > total)
    .map(([column, count]) => `${count} of ${total} ${table.name} change \`${column}\``)
}
