import type { PoolClient } from 'pg'
import { factTables, parentsOf } from '../tables/index.ts'

/**
 * Imports of one table of one account wait for each other, and for the tables they read: a campaign cannot change its
 * partner while its clicks come in. All locks of a transaction are taken at once in dependency order, so that no two
 * imports wait in a circle. They end with the transaction.
 */
export async function lockTables(connection: PoolClient, accountId: number, names: readonly string[]): Promise<void> {
  const read = new Set(factTables.filter((table) => names.includes(table.name)).flatMap(parentsOf))
  for (const { name } of factTables) {
    const written = names.includes(name)
    if (!written && !read.has(name)) continue
    const owner = name === 'accounts' ? 'all' : accountId
    const lock = written ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared'
    await connection.query(`select ${lock}(hashtextextended($1, 0))`, [`import ${owner} ${name}`])
  }
}
