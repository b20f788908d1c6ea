import { account, commission, partner } from './support.ts'

const AT = '2025-03-09T10:00:00Z'

/** A program with rows in every table of facts, in no order that would help. */
export const program: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  fx_rates: [{ currency: 'EUR', date: '2025-03-09', rate: '1.105' }],
  expert_views: [{ partner_id: 'p1', month: '2025-03', profile_views: 123 }],
  expert_stats: [{ partner_id: 'p1', position: 1, comments: 18, messages: 132 }],
  expert_comments: [{ partner_id: 'p1', created_at: AT, author: 'Joe', comment: 'Good,\n"very" good', website: '' }],
  expert_profiles: [{ partner_id: 'p1', expert_id: 'x', company: 'Żółw & Co', categories: 'a|b', languages: 'EN|PL' }],
  usage_invoices: [
    {
      invoice_id: 'i1',
      organization_id: 'o1',
      period_start: '2025-03-01',
      period_end: '2025-03-31',
      quantity: '30',
      amount: '30.00',
      issued_at: AT,
    },
  ],
  credit_entries: [
    { entry_id: 'c1', partner_id: 'p1', organization_id: 'o1', amount: '-2.5', reason: 'use', occurred_at: AT },
  ],
  usage_events: [
    { event_id: 'e1', organization_id: 'o1', kind: 'identification', quantity: '10', occurred_at: AT },
    {
      event_id: 'e2',
      organization_id: 'o1',
      kind: 'identification',
      quantity: '0.5',
      occurred_at: AT,
      received_at: '2025-03-10T00:00:00Z',
    },
  ],
  organizations: [{ organization_id: 'o1', partner_id: 'p1', name: 'Org', status: 'active', created_at: AT }],
  deals: [
    {
      deal_id: 'd1',
      funnel_id: 1,
      stage_id: 2,
      agent_id: 7,
      partner_id: 'p1',
      value: '500',
      status: 'won',
      created_at: AT,
      closed_at: '2025-03-10',
    },
    { deal_id: 'd2', funnel_id: 1, stage_id: 1, value: '70.05', status: 'open', created_at: AT },
  ],
  stages: [
    { funnel_id: 1, stage_id: 1, name: 'New', position: 1 },
    { funnel_id: 1, stage_id: 2, name: 'Won', position: 2 },
  ],
  funnels: [{ funnel_id: 1, name: 'Sales' }],
  agents: [{ agent_id: 7, name: 'Ada', email: 'ada@owner.test' }],
  lead_events: [{ lead_id: 'l1', name: 'lead_was_created', created_at: AT }],
  leads: [
    {
      lead_id: 'l1',
      partner_id: 'p1',
      direction: 'received',
      status: 'pending',
      company_name: 'ACME',
      created_at: '2025-03-09',
      fee_amount: '1.50',
    },
  ],
  withdrawals: [
    {
      withdrawal_id: 1,
      partner_id: 'p1',
      amount: '80.00',
      status: 'paid',
      requested_at: AT,
      acted_at: AT,
      invoice_id: '2025/3/1',
    },
  ],
  commissions: [
    commission('k1', { license_id: 'li1', campaign_id: 11, referred_partner_id: 'p2' }),
    commission('k2', { kind: 'refund', amount: '-1.00', blocked: 'yes', available_at: '2025-05-01' }),
  ],
  license_invoices: [
    {
      license_id: 'li1',
      invoice_no: 1,
      date: AT,
      plan: 'team',
      seats: 10,
      billing_cycle: 'monthly',
      amount: '312.00',
      status: 'paid',
    },
  ],
  license_operators: [{ license_id: 'li1', login: 'joe@client.test', name: 'Joe', permission: 'owner' }],
  licenses: [
    {
      license_id: 'li1',
      partner_id: 'p1',
      program: 'affiliate',
      product: 'chat',
      campaign_id: 11,
      seats: 3,
      created_at: AT,
      commission_percent: '20',
      utm_source: 'x',
    },
  ],
  clicks: [
    { campaign_id: 11, occurred_at: AT, clicks: 7 },
    { campaign_id: 11, occurred_at: AT, clicks: 5 },
    { campaign_id: 11, occurred_at: '2025-03-10', clicks: '' },
  ],
  campaigns: [
    { campaign_id: 11, partner_id: 'p1', product: 'chat', name: 'Spring', coupon_id: 5, active: 0, created_at: AT },
  ],
  coupons: [{ coupon_id: 5, partner_id: 'p1', label: 'SPRING' }],
  billing_details: [
    {
      partner_id: 'p1',
      type: 'business',
      company: 'P1',
      address: 'Street 1',
      city: 'Town',
      country: 'PL',
      paypal: 'p1@paypal.test',
    },
  ],
  partners: [
    partner('p2', { referred_by: 'p1', email: '' }),
    partner('p1', { programs: 'affiliate|solution', currency: 'EUR', send_newsletter: 'no' }),
  ],
  accounts: [account({ hold_days: 30 })],
}

/** How many rows each table holds after the import of the program. */
export const ROWS = Object.fromEntries(
  Object.entries({ ...program, clicks: [1, 2] }).map(([name, rows]) => [name, rows.length]),
)
