import type { Insertable, InsertObject, Selectable } from 'kysely'
import type { Database } from '../../db/connection/client.ts'
import type { Schema } from '../../db/schema.ts'
import { makeMonths } from './months.ts'

/**
 * Facts straight into the tables: a test names what matters to it, the rest has a default. Each gives back the row.
 * Keys are made up and unique within the process; `account_id` is 1, `partner_id` must be named where there is one.
 */
type Some<T extends keyof Schema, Required extends keyof Schema[T] = never> = Partial<Insertable<Schema[T]>> &
  Pick<Insertable<Schema[T]>, Extract<Required, keyof Insertable<Schema[T]>>>

const BY_MONTH: readonly string[] = ['clicks', 'commissions', 'usage_events']

let last = 0
const next = () => ++last
const EARLY = '2020-01-01T00:00:00Z'

export const insertAccount = (db: Database, some: Some<'accounts'> = {}) =>
  insert(db, 'accounts', {
    account_id: 1,
    name: 'Test program',
    timezone: 'UTC',
    currency: 'USD',
    withdrawal_minimum: 5000,
    ...some,
  })

export const insertPartner = (db: Database, some: Some<'partners'> = {}) => {
  const partner_id = some.partner_id ?? `p${next()}`
  return insert(db, 'partners', {
    account_id: 1,
    partner_id,
    name: `Partner ${partner_id}`,
    email: `${partner_id}@partner.test`,
    type: 'referral',
    programs: ['affiliate', 'solution', 'expert'],
    uuid: crypto.randomUUID(),
    created_at: EARLY,
    ...some,
  })
}

export const insertBillingDetails = (db: Database, some: Some<'billing_details', 'partner_id'>) =>
  insert(db, 'billing_details', {
    account_id: 1,
    type: 'business',
    company: 'Company',
    address: '1 Street',
    city: 'City',
    country: 'US',
    paypal: `${some.partner_id}@paypal.test`,
    ...some,
  })

export const insertCoupon = (db: Database, some: Some<'coupons', 'partner_id'>) =>
  insert(db, 'coupons', { account_id: 1, coupon_id: next(), label: 'Coupon', ...some })

export const insertCampaign = (db: Database, some: Some<'campaigns', 'partner_id'>) => {
  const campaign_id = some.campaign_id ?? next()
  return insert(db, 'campaigns', {
    account_id: 1,
    campaign_id,
    product: 'product',
    name: `Campaign ${campaign_id}`,
    created_at: EARLY,
    ...some,
  })
}

export const insertClicks = (db: Database, some: Some<'clicks', 'partner_id' | 'campaign_id' | 'occurred_at'>) =>
  insert(db, 'clicks', { account_id: 1, clicks: 1, ...some })

export const insertLicense = (db: Database, some: Some<'licenses', 'partner_id'>) =>
  insert(db, 'licenses', {
    account_id: 1,
    license_id: `license-${next()}`,
    program: 'affiliate',
    product: 'product',
    created_at: EARLY,
    ...some,
  })

export const insertLicenseOperator = (db: Database, some: Some<'license_operators', 'partner_id' | 'license_id'>) =>
  insert(db, 'license_operators', {
    account_id: 1,
    login: `login${next()}`,
    name: 'Operator',
    permission: 'owner',
    ...some,
  })

export const insertLicenseInvoice = (db: Database, some: Some<'license_invoices', 'partner_id' | 'license_id'>) =>
  insert(db, 'license_invoices', {
    account_id: 1,
    invoice_no: next(),
    date: EARLY,
    plan: 'plan',
    seats: 1,
    billing_cycle: 'monthly',
    amount: 1000,
    status: 'paid',
    ...some,
  })

/** `amount` in minor units; available at once. */
export const insertCommission = (db: Database, some: Some<'commissions', 'partner_id'>) =>
  insert(db, 'commissions', {
    account_id: 1,
    commission_id: `commission-${next()}`,
    kind: 'commission',
    program: 'affiliate',
    product: 'product',
    amount: 1000,
    currency: 'USD',
    is_foreign: false,
    earned_at: EARLY,
    available_at: some.earned_at ?? EARLY,
    ...some,
  })

/** `amount` in minor units. */
export const insertWithdrawal = (db: Database, some: Some<'withdrawals', 'partner_id'>) =>
  insert(db, 'withdrawals', {
    account_id: 1,
    withdrawal_id: next(),
    amount: 1000,
    currency: 'USD',
    is_foreign: false,
    status: 'paid',
    requested_at: EARLY,
    ...some,
  })

export const insertLead = (db: Database, some: Some<'leads', 'partner_id'>) =>
  insert(db, 'leads', {
    account_id: 1,
    lead_id: `lead-${next()}`,
    direction: 'received',
    status: 'pending',
    company_name: 'Company',
    created_at: EARLY,
    ...some,
  })

export const insertLeadEvent = (db: Database, some: Some<'lead_events', 'partner_id' | 'lead_id'>) =>
  insert(db, 'lead_events', { account_id: 1, name: 'created', created_at: EARLY, ...some })

export const insertAgent = (db: Database, some: Some<'agents'> = {}) => {
  const agent_id = some.agent_id ?? next()
  return insert(db, 'agents', { account_id: 1, agent_id, name: `Agent ${agent_id}`, ...some })
}

export const insertFunnel = (db: Database, some: Some<'funnels'> = {}) => {
  const funnel_id = some.funnel_id ?? next()
  return insert(db, 'funnels', { account_id: 1, funnel_id, name: `Funnel ${funnel_id}`, ...some })
}

export const insertStage = (db: Database, some: Some<'stages', 'funnel_id'>) => {
  const stage_id = some.stage_id ?? next()
  return insert(db, 'stages', {
    account_id: 1,
    stage_id,
    name: `Stage ${stage_id}`,
    position: Number(stage_id),
    ...some,
  })
}

/** `value` in minor units; closed on the day it was made unless it is open. */
export const insertDeal = (db: Database, some: Some<'deals', 'funnel_id' | 'stage_id'>) =>
  insert(db, 'deals', {
    account_id: 1,
    deal_id: `deal-${next()}`,
    value: 10_000,
    currency: 'USD',
    is_foreign: false,
    status: 'open',
    created_at: EARLY,
    closed_at: (some.status ?? 'open') === 'open' ? null : (some.created_at ?? EARLY),
    ...some,
  })

export const insertOrganization = (db: Database, some: Some<'organizations', 'partner_id'>) => {
  const organization_id = some.organization_id ?? `org-${next()}`
  return insert(db, 'organizations', {
    account_id: 1,
    organization_id,
    name: `Organization ${organization_id}`,
    status: 'active',
    created_at: EARLY,
    ...some,
  })
}

/** Received when it occurred. */
export const insertUsageEvent = (db: Database, some: Some<'usage_events', 'partner_id' | 'organization_id'>) =>
  insert(db, 'usage_events', {
    account_id: 1,
    event_id: `event-${next()}`,
    kind: 'identification',
    quantity: 1,
    occurred_at: EARLY,
    received_at: some.occurred_at ?? EARLY,
    ...some,
  })

export const insertCreditEntry = (db: Database, some: Some<'credit_entries', 'partner_id'>) =>
  insert(db, 'credit_entries', {
    account_id: 1,
    entry_id: `entry-${next()}`,
    amount: 100,
    occurred_at: EARLY,
    ...some,
  })

/** `amount` in minor units; the dates are inclusive. */
export const insertUsageInvoice = (db: Database, some: Some<'usage_invoices', 'partner_id' | 'organization_id'>) =>
  insert(db, 'usage_invoices', {
    account_id: 1,
    invoice_id: `invoice-${next()}`,
    period_start: '2020-01-01',
    period_end: '2020-01-31',
    quantity: 1,
    amount: 1000,
    currency: 'USD',
    is_foreign: false,
    issued_at: '2020-02-01T00:00:00Z',
    ...some,
  })

export const insertFxRate = (db: Database, some: Some<'fx_rates', 'currency' | 'date' | 'rate'>) =>
  insert(db, 'fx_rates', { account_id: 1, ...some })

async function insert<T extends keyof Schema>(db: Database, table: T, row: Insertable<Schema[T]>) {
  const { earned_at, occurred_at } = row as { earned_at?: Date | string; occurred_at?: Date | string }
  const instant = table === 'commissions' ? earned_at : occurred_at
  if (instant && BY_MONTH.includes(table)) await makeMonths(db, table, [instant])
  const inserted = await db
    .insertInto(table)
    .values(row as InsertObject<Schema, T>)
    .returningAll()
    .executeTakeFirstOrThrow()
  return inserted as Selectable<Schema[T]>
}
