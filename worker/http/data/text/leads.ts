import { z } from 'zod'
import { findLead, type LeadRow, leadsQuery, listLeadEvents } from '../../../../db/queries/data/leads.ts'
import { notFound } from '../../shared/problem.ts'
import { text } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { listOf } from '../lists.ts'
import { money, moneyNumber, string, timestamp, timestampOf } from '../shapes.ts'

const LEAD = z.object({ leadID: text('a lead number') })

export const leads: readonly Endpoint[] = [
  listOf({
    id: 'text-get-leads',
    path: '/v2/partners/solutions/leads',
    summary: 'Leads the partner has submitted.',
    item: z.object({ lead_id: string(), company_name: string(), contact_email: string(), status: string() }),
    rows: leadsQuery,
    shape: ({ lead_id, company_name, contact_email, status }: LeadRow) => ({
      lead_id,
      company_name,
      contact_email: contact_email ?? '',
      status: statusOf(status),
    }),
  }),
  partnerEndpoint({
    id: 'text-get-lead-details',
    path: '/v2/partners/solutions/leads/{leadID}',
    summary: 'One lead in full.',
    params: LEAD,
    answer: z.object({
      partner_id: string(),
      external_lead_id: string(),
      status: string(),
      fee_amount: money(),
      company_name: string(),
      contact_email: string(),
      domain: string(),
      first_name: string(),
      last_name: string(),
      region: string(),
      job_title: string(),
      phone_number: string(),
      description: string(),
      updated_at: timestamp(),
    }),
    handle: async ({ scope, params }) => leadDetails(await findLeadOrThrow(scope, params.leadID), scope),
  }),
  partnerEndpoint({
    id: 'text-get-lead-history',
    path: '/v2/partners/solutions/leads/{leadID}/history',
    summary: 'Events of one lead.',
    params: LEAD,
    answer: z.object({ result: z.array(z.object({ name: string(), created_at: timestamp() })) }),
    handle: async ({ scope, params }) => {
      const { lead_id } = await findLeadOrThrow(scope, params.leadID)
      const events = await listLeadEvents(scope, lead_id)
      return { result: events.map(({ name, created_at }) => ({ name, created_at: timestampOf(created_at) })) }
    },
  }),
]

/** What is pending reads `new` here (docs/importing.md). */
const statusOf = (status: string): string => (status === 'pending' ? 'new' : status)

async function findLeadOrThrow(scope: OnePartner, leadId: string): Promise<LeadRow> {
  const lead = await findLead(scope, leadId)
  if (!lead) throw notFound('lead')
  return lead
}

const leadDetails = (lead: LeadRow, { account }: OnePartner) => ({
  partner_id: lead.partner_id,
  external_lead_id: lead.external_lead_id ?? lead.lead_id,
  status: statusOf(lead.status),
  fee_amount: moneyNumber(lead.fee_amount ?? '0', account.currency),
  company_name: lead.company_name,
  contact_email: lead.contact_email ?? '',
  domain: lead.domain ?? '',
  first_name: lead.first_name ?? '',
  last_name: lead.last_name ?? '',
  region: lead.region ?? '',
  job_title: lead.job_title ?? '',
  phone_number: lead.phone_number ?? '',
  description: lead.description ?? '',
  updated_at: timestampOf(lead.updated_at),
})
