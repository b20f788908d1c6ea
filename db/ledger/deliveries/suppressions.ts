import { type Selectable, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'

export type Suppression = Selectable<Schema['suppressions']>

/** Addresses that a server has refused for good; kept in lower case, for every account. */
export function findSuppression(db: Database, address: string): Promise<Suppression | undefined> {
  return db.selectFrom('suppressions').selectAll().where('address', '=', address.toLowerCase()).executeTakeFirst()
}

/** Newest first, `limit` after `cursor` (an address and its instant, as the last page gave them). */
export function listSuppressions(
  db: Database,
  page: { limit: number; after?: { createdAt: Date; address: string } | undefined },
): Promise<Suppression[]> {
  const { after } = page
  return db
    .selectFrom('suppressions')
    .selectAll()
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, address) < (${after?.createdAt}::timestamptz, ${after?.address}::text)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('address', 'desc')
    .limit(page.limit)
    .execute()
}

/** False where the address was not suppressed. */
export async function deleteSuppression(db: Database, address: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('suppressions')
    .where('address', '=', address.toLowerCase())
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** How many of these addresses are suppressed, each as often as it is named. */
export async function countSuppressed(db: Database, addresses: readonly string[]): Promise<number> {
  if (addresses.length === 0) return 0
  const { rows } = await sql<{ count: string }>`
    select count(*) from unnest(${addresses}::text[]) as asked(address)
    where exists (select from suppressions s where s.address = lower(asked.address))`.execute(db)
  return Number(rows[0]?.count ?? 0)
}
