import { sql } from 'kysely'
import type { Snapshot } from '../connection/client.ts'

/** A money fact that was stored and then changed, voided or restored; rows as the tables have them. */
export interface FactChange {
  /** Whose changes were asked for: the partner that has the row, or had it. */
  readonly asked: string
  readonly table: 'commissions' | 'withdrawals'
  readonly key: string
  readonly changedAt: Date
  /** null: there was no row, or it was void. */
  readonly before: MoneyFact | null
  readonly after: MoneyFact | null
}

/** Of a commission or a withdrawal what tells how it counts; `amount` in minor units of `currency`. */
export interface MoneyFact {
  readonly partner_id: string
  readonly amount: number | string
  readonly currency: string
  readonly kind?: string
  readonly earned_at?: string
  readonly status?: string
  readonly requested_at?: string
}

/** What of these partners' money changed after an instant of each, oldest first. */
export async function listFactChanges(
  db: Snapshot,
  accountId: number,
  asked: readonly { readonly partnerId: string; readonly since: Date }[],
): Promise<FactChange[]> {
  if (asked.length === 0) return []
  const { rows } = await sql<FactChange>`
    select a.partner_id as asked, f.table_name as table, v.value as key, f.changed_at as "changedAt", f.before, f.after
    from unnest(${asked.map(({ partnerId }) => partnerId)}::text[], ${asked.map(({ since }) => since)}::timestamptz[])
      as a (partner_id, since)
    join fact_changes f on f.account_id = ${accountId} and (f.partner_id = a.partner_id or f.partner_before = a.partner_id)
      and f.changed_at > a.since and f.table_name in ('commissions', 'withdrawals')
    cross join lateral (select value from jsonb_each_text(f.key) limit 1) v
    order by f.changed_at, f.id`.execute(db)
  return rows
}
