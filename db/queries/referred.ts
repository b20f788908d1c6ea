import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { before, column, inPeriod, type PartnerIds, type Span } from './definitions.ts'

/** Partners that a partner brought: `count` by the period's end, `added` of them in the period. */
export interface ReferredCounts {
  readonly count: number
  readonly added: number
}

export const NOBODY_REFERRED: ReferredCounts = { count: 0, added: 0 }

/** Per referring partner; who referred nobody is not in the map. `partners` are the referring ones. */
export async function referredCounts(
  db: Snapshot,
  account: Account,
  period: Span,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<Map<string, ReferredCounts>> {
  const { rows } = await sql<{ referred_by: string; count: string; added: string }>`
    select p.referred_by, count(*) as count, count(*) filter (where ${inPeriod(column('p', 'created_at'), period)}) as added
    from partners p
    where p.account_id = ${account.accountId} and p.referred_by is not null
      ${partners ? sql`and p.referred_by = any(${[...partners]}::text[])` : sql``}
      and ${before(column('p', 'created_at'), period.to)}
    group by p.referred_by`.execute(db)
  return new Map(rows.map((row) => [row.referred_by, { count: Number(row.count), added: Number(row.added) }]))
}
