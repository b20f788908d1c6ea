import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'

export interface Funnel {
  readonly funnelId: number
  readonly name: string
}

/** The account's funnels by id. */
export async function listFunnels(db: Snapshot, account: Account): Promise<Funnel[]> {
  const rows = await db
    .selectFrom('funnels')
    .select(['funnel_id', 'name'])
    .where('account_id', '=', account.accountId)
    .orderBy('funnel_id')
    .execute()
  return rows.map((row) => ({ funnelId: Number(row.funnel_id), name: row.name }))
}

export async function findFunnel(db: Snapshot, account: Account, funnelId: number): Promise<Funnel | undefined> {
  return (await listFunnels(db, account)).find((funnel) => funnel.funnelId === funnelId)
}

/** The first and the last instant at which a deal of the funnel was created or closed; undefined where it has none. */
export async function funnelExtent(
  db: Snapshot,
  account: Account,
  funnelId: number,
): Promise<{ first: Date; last: Date } | undefined> {
  const result = await sql<{ first: Date | null; last: Date | null }>`
    select min(created_at) as first, greatest(max(created_at), max(closed_at)) as last
    from deals where account_id = ${account.accountId} and funnel_id = ${funnelId}`.execute(db)
  const { first, last } = result.rows[0] ?? {}
  return first && last ? { first, last } : undefined
}
