import { type Selectable, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'
import { partOf } from '../../values/like.ts'

export type Suppression = Selectable<Schema['suppressions']>

/** Addresses that a server has refused for good; kept in lower case, for every account. */
export function findSuppression(db: Database, address: string): Promise<Suppression | undefined> {
  return db.selectFrom('suppressions').selectAll().where('address', '=', address.toLowerCase()).executeTakeFirst()
}

/** Some suppressions: one address, those whose server said a text (part of it, in any case), or those that a run met. */
export interface SuppressionsOf {
  readonly address?: string | undefined
  readonly reply?: string | undefined
  readonly run?: string | undefined
}

/** Newest first, `limit` after `cursor` (an address and its instant, as the last page gave them). */
export function listSuppressions(
  db: Database,
  page: SuppressionsOf & { limit: number; after?: { createdAt: Date; address: string } | undefined },
): Promise<Suppression[]> {
  const { after } = page
  return db
    .selectFrom('suppressions')
    .selectAll()
    .where(are(page))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, address) < (${after?.createdAt}::timestamptz, ${after?.address}::text)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('address', 'desc')
    .limit(page.limit)
    .execute()
}

export async function countSuppressions(db: Database, of: SuppressionsOf): Promise<number> {
  const { count } = await db
    .selectFrom('suppressions')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where(are(of))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Takes some away and gives them back, by address. RangeError where nothing says which. */
export async function deleteSuppressions(db: Database, of: SuppressionsOf): Promise<Suppression[]> {
  if (Object.values(of).every((value) => value === undefined)) throw new RangeError('which suppressions is not said')
  const rows = await db.deleteFrom('suppressions').where(are(of)).returningAll().execute()
  return rows.sort((a, b) => (a.address < b.address ? -1 : 1))
}

/** What a run met: addresses that its own mails made suppressed, and those that kept its mails back. */
const metBy = (run: string) => sql<boolean>`(
  delivery_id in (select id from deliveries where run_id = ${run}::uuid)
  or address in (select lower(address) from deliveries where run_id = ${run}::uuid and status = 'suppressed'))`

const are = ({ address, reply, run }: SuppressionsOf) =>
  sql<boolean>`${address === undefined ? sql`true` : sql`address = ${address.toLowerCase()}`}
    and ${reply === undefined ? sql`true` : sql`reply ilike ${partOf(reply)}`}
    and ${run === undefined ? sql`true` : metBy(run)}`

/** How many of these addresses are suppressed, each as often as it is named. */
export async function countSuppressed(db: Database, addresses: readonly string[]): Promise<number> {
  if (addresses.length === 0) return 0
  const { rows } = await sql<{ count: string }>`
    select count(*) from unnest(${addresses}::text[]) as asked(address)
    where exists (select from suppressions s where s.address = lower(asked.address))`.execute(db)
  return Number(rows[0]?.count ?? 0)
}
