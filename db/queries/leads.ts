import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { column, inPeriod, ofAccount, type PartnerIds, type Span } from './definitions.ts'

/** Leads created in a period, by direction and by their present status: both add up to `total`. */
export interface LeadCounts {
  readonly total: number
  readonly received: number
  readonly sent: number
  readonly converted: number
  readonly rejected: number
  readonly pending: number
}

export const NO_LEADS: LeadCounts = { total: 0, received: 0, sent: 0, converted: 0, rejected: 0, pending: 0 }

/** Per partner; partners without leads are not in the map. */
export async function leadCounts(
  db: Snapshot,
  account: Account,
  period: Span,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<Map<string, LeadCounts>> {
  const { rows } = await sql<{ partner_id: string } & Record<keyof LeadCounts, string>>`
    select d.partner_id, count(*) as total,
      count(*) filter (where d.direction = 'received') as received, count(*) filter (where d.direction = 'sent') as sent,
      count(*) filter (where d.status = 'converted') as converted, count(*) filter (where d.status = 'rejected') as rejected,
      count(*) filter (where d.status = 'pending') as pending
    from leads d
    where ${ofAccount(account.accountId, partners, 'd')} and ${inPeriod(column('d', 'created_at'), period)}
    group by d.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, countsOf(row)]))
}

const countsOf = (row: Record<keyof LeadCounts, string>): LeadCounts => ({
  total: Number(row.total),
  received: Number(row.received),
  sent: Number(row.sent),
  converted: Number(row.converted),
  rejected: Number(row.rejected),
  pending: Number(row.pending),
})
