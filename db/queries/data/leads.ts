import { sql } from 'kysely'
import { ofAccount, type Sql } from '../definitions.ts'
import type { PartnerScope } from './scope.ts'

/** `fee_amount` in minor units of the account's currency. */
export interface LeadRow {
  readonly lead_id: string
  readonly partner_id: string
  readonly external_lead_id: string | null
  readonly status: string
  readonly fee_amount: string | null
  readonly company_name: string
  readonly contact_email: string | null
  readonly domain: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly region: string | null
  readonly job_title: string | null
  readonly phone_number: string | null
  readonly description: string | null
  readonly updated_at: Date
}

/** The query of a partner's leads, newest first. */
export const leadsQuery = (scope: PartnerScope): Sql =>
  sql`${leadRows(scope)} order by d.created_at desc, d.lead_id desc`

export async function findLead(scope: PartnerScope, leadId: string): Promise<LeadRow | undefined> {
  const { rows } = await sql<LeadRow>`${leadRows(scope)} and d.lead_id = ${leadId}`.execute(scope.db)
  return rows[0]
}

/** What happened to a lead, oldest first. */
export async function listLeadEvents(
  { db, account, partnerId }: PartnerScope,
  leadId: string,
): Promise<{ name: string; created_at: Date }[]> {
  return db
    .selectFrom('lead_events')
    .select(['name', 'created_at'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .where('lead_id', '=', leadId)
    .orderBy('created_at')
    .orderBy('name')
    .execute()
}

const leadRows = ({ account, partnerId }: PartnerScope): Sql => sql`
  select d.lead_id, d.partner_id, d.external_lead_id, d.status, d.fee_amount, d.company_name, d.contact_email, d.domain,
    d.first_name, d.last_name, d.region, d.job_title, d.phone_number, d.description,
    coalesce(d.updated_at, d.closed_at, d.created_at) as updated_at
  from leads d where ${ofAccount(account.accountId, [partnerId], 'd')}`
