import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { column, inPeriod, ofAccount, type PartnerIds, type Span } from './definitions.ts'

/** Clicks of a period per partner, of all its campaigns; partners without any are not in the map. */
export async function clicksBetween(
  db: Snapshot,
  account: Account,
  period: Span,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<Map<string, number>> {
  const { rows } = await sql<{ partner_id: string; clicks: string }>`
    select k.partner_id, sum(k.clicks) as clicks from clicks k
    where ${ofAccount(account.accountId, partners, 'k')} and ${inPeriod(column('k', 'occurred_at'), period)}
    group by k.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, Number(row.clicks)]))
}
