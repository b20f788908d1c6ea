import type { Database } from '../../../../db/connection/client.ts'
import {
  insertAccount,
  insertAgent,
  insertBillingDetails,
  insertCampaign,
  insertClicks,
  insertCommission,
  insertCoupon,
  insertCreditEntry,
  insertDeal,
  insertFunnel,
  insertFxRate,
  insertLead,
  insertLeadEvent,
  insertLicense,
  insertLicenseInvoice,
  insertLicenseOperator,
  insertOrganization,
  insertPartner,
  insertStage,
  insertUsageEvent,
  insertWithdrawal,
} from '../../../support/factories.ts'

/** What stands for a partner in paths; every text of its facts carries its id, so that a leak shows. */
export interface Subject {
  readonly accountId: number
  readonly partnerId: string
  readonly campaign: number
  readonly funnel: number
  readonly uuid: string
}

export const subjectOf = (accountId: number, n: number): Subject => ({
  accountId,
  partnerId: `tag${accountId}x${n}`,
  campaign: accountId * 1000 + n * 10,
  funnel: accountId * 100,
  uuid: `00000000-0000-4000-8000-00000000${accountId}00${n}`,
})

/** An account (Europe/Warsaw, USD) with a funnel, and a partner with facts in every table, around March 2026. */
export async function insertProgram(db: Database, subjects: readonly Subject[]): Promise<void> {
  for (const accountId of new Set(subjects.map((one) => one.accountId))) {
    await insertAccount(db, { account_id: accountId, timezone: 'Europe/Warsaw' })
    await insertFunnel(db, { account_id: accountId, funnel_id: accountId * 100, name: 'Funnel' })
    for (const [index, name] of ['New', 'Won', 'Lost'].entries()) {
      await insertStage(db, { account_id: accountId, funnel_id: accountId * 100, stage_id: index + 1, name })
    }
    await insertAgent(db, {
      account_id: accountId,
      agent_id: 1,
      name: 'Agent',
      email: 'a@b.test',
      avatar_url: 'https://a.test',
    })
    await insertFxRate(db, { account_id: accountId, currency: 'EUR', date: '2026-03-12', rate: '1.10' })
  }
  for (const subject of subjects) await insertFacts(db, subject)
}

async function insertFacts(db: Database, { accountId, partnerId, campaign, funnel, uuid }: Subject): Promise<void> {
  const mine = { account_id: accountId, partner_id: partnerId }
  const at = (day: string, time = '10:00:00') => `2026-${day}T${time}Z`
  await insertPartner(db, {
    ...mine,
    name: `Name ${partnerId}`,
    uuid,
    type: 'reseller',
    category: 'agency',
    tier: 'gold',
  })
  await insertPartner(db, {
    ...mine,
    partner_id: `${partnerId}-friend`,
    referred_by: partnerId,
    created_at: at('02-01'),
  })
  await insertBillingDetails(db, { ...mine, company: `Company ${partnerId}`, vat: 'VAT', zip_code: '1' })
  await insertCoupon(db, { ...mine, coupon_id: campaign, label: `Coupon ${partnerId}` })

  const campaigns = [
    { campaign_id: campaign, product: 'livechat', name: `First ${partnerId}`, coupon_id: campaign, is_default: true },
    { campaign_id: campaign + 1, product: 'chatbot', name: `Second ${partnerId}` },
    { campaign_id: campaign + 2, product: 'livechat', name: `Old ${partnerId}`, active: false },
  ]
  for (const one of campaigns) {
    const slug = `pp_${one.campaign_id}`
    await insertCampaign(db, { ...mine, link: 'https://x.test', slug, region: 'dal', trial_duration: 14, ...one })
  }
  await insertClicks(db, { ...mine, campaign_id: campaign, occurred_at: at('03-05'), clicks: 7 })
  await insertClicks(db, { ...mine, campaign_id: campaign + 1, occurred_at: at('02-05'), clicks: 4 })

  const license = (suffix: string, program: 'affiliate' | 'solution', some: object) =>
    insertLicense(db, {
      ...mine,
      license_id: `${partnerId}-${suffix}`,
      program,
      product: 'livechat',
      client_name: `Client ${partnerId}`,
      client_email: `${suffix}@${partnerId}.test`,
      payment_origin: 'partner',
      billing_cycle: 'annual',
      seats: 5,
      commission_percent: '20',
      ...some,
    })
  await license('A1', 'affiliate', { created_at: at('03-03'), qualified_at: at('03-04'), campaign_id: campaign })
  await license('A2', 'affiliate', { created_at: at('02-10'), converted_at: at('03-06'), campaign_id: campaign })
  await license('A3', 'affiliate', {
    created_at: at('01-15'),
    expires_at: at('03-10'),
    campaign_id: campaign + 1,
    product: 'chatbot',
  })
  await license('S1', 'solution', { created_at: at('03-04') })
  await license('S2', 'solution', { created_at: at('02-01'), converted_at: at('03-11'), cc_added_at: at('02-02') })
  await license('S3', 'solution', { created_at: at('01-10'), expires_at: at('03-12'), product: 'chatbot' })
  await insertLicense(db, {
    ...mine,
    partner_id: `${partnerId}-friend`,
    license_id: `${partnerId}-F1`,
    created_at: at('02-02'),
  })
  const papers = { ...mine, license_id: `${partnerId}-S2` }
  await insertLicenseOperator(db, { ...papers, login: `owner@${partnerId}.test`, permission: 'owner' })
  await insertLicenseOperator(db, { ...papers, login: `agent@${partnerId}.test`, permission: 'agent' })
  for (const invoice_no of [1, 2])
    await insertLicenseInvoice(db, { ...papers, invoice_no, date: at(`0${invoice_no}-11`), amount: 31200 })

  const line = (amount: number, day: string, some: object = {}) =>
    insertCommission(db, { ...mine, amount, product: 'livechat', earned_at: at(day, '12:00:00'), ...some })
  await line(10000, '03-07', { license_id: `${partnerId}-A2`, campaign_id: campaign })
  await line(-1525, '03-15', { kind: 'refund', license_id: `${partnerId}-A2`, campaign_id: campaign })
  await line(4050, '03-26', { campaign_id: campaign + 1, product: 'chatbot' })
  await line(6025, '03-12', { program: 'solution', license_id: `${partnerId}-S2` })
  await line(1200, '03-12', { program: 'solution', kind: 'discount', license_id: `${partnerId}-S2` })
  await line(2000, '03-20', {
    kind: 'referral',
    product: 'partner_program',
    referred_partner_id: `${partnerId}-friend`,
  })
  await line(20000, '02-10', { license_id: `${partnerId}-A2`, campaign_id: campaign })
  await line(3000, '03-21', { blocked: true })
  await line(1000, '03-28', { available_at: '2027-01-01T00:00:00Z' })
  await insertWithdrawal(db, {
    ...mine,
    withdrawal_id: campaign,
    amount: 8000,
    requested_at: at('03-10'),
    acted_at: at('03-12'),
  })

  for (const [index, status] of (['converted', 'pending', 'rejected'] as const).entries()) {
    const lead = { ...mine, lead_id: `${partnerId}-L${index + 1}` }
    const direction = index === 0 ? 'received' : 'sent'
    await insertLead(db, {
      ...lead,
      direction,
      status,
      company_name: `Lead ${partnerId}`,
      created_at: at(`03-0${index + 2}`),
    })
    await insertLeadEvent(db, { ...lead, name: 'lead_was_created', created_at: at(`03-0${index + 2}`) })
  }
  const deal = (some: object) => insertDeal(db, { ...mine, funnel_id: funnel, stage_id: 1, agent_id: 1, ...some })
  await deal({ value: 50000, status: 'won', stage_id: 2, created_at: at('03-10'), closed_at: at('03-14') })
  await deal({
    value: 10000,
    currency: 'EUR',
    is_foreign: true,
    status: 'won',
    stage_id: 2,
    created_at: at('03-12'),
    closed_at: at('03-12'),
  })
  await deal({ value: 30000, status: 'lost', stage_id: 3, created_at: at('03-11'), closed_at: at('03-13') })
  await deal({ value: 7000, created_at: at('03-16') })

  const organization_id = `${partnerId}-O1`
  await insertOrganization(db, { ...mine, organization_id, external_id: `ext-${partnerId}`, name: `Org ${partnerId}` })
  for (const day of ['03-10', '03-11'])
    await insertUsageEvent(db, { ...mine, organization_id, quantity: 10, occurred_at: at(day) })
  await insertUsageEvent(db, { ...mine, organization_id, kind: 'export', quantity: '2.5', occurred_at: at('03-12') })
  await insertCreditEntry(db, { ...mine, organization_id, amount: 100, occurred_at: at('02-01') })
  await insertCreditEntry(db, { ...mine, organization_id, amount: -30, occurred_at: at('03-20') })
  await insertExpert(db, mine)
}

async function insertExpert(db: Database, mine: { account_id: number; partner_id: string }): Promise<void> {
  const tag = mine.partner_id
  const list = [tag]
  const texts = { expert_id: tag, status: 'verified', company: tag, hour_rate: '50', project_rate: '500' }
  await db
    .insertInto('expert_profiles')
    .values({ ...mine, ...texts, categories: list, languages: list, projects: list })
    .execute()
  const comment = { author: tag, comment: `About ${tag}`, created_at: '2026-03-06T10:21:50Z' }
  await db
    .insertInto('expert_comments')
    .values({ ...mine, ...comment })
    .execute()
  await db
    .insertInto('expert_stats')
    .values({ ...mine, position: 1, comments: 18, messages: 132 })
    .execute()
  await db
    .insertInto('expert_views')
    .values({ ...mine, month: '2026-03', profile_views: 123 })
    .execute()
}
