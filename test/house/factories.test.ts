import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import * as factories from '../support/factories.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

test('every factory makes a row of an almost empty request, twice', async () => {
  const { db } = database
  await factories.insertAccount(db)
  const { partner_id } = await factories.insertPartner(db)
  const of = { partner_id }
  const { campaign_id } = await factories.insertCampaign(db, of)
  const { license_id } = await factories.insertLicense(db, { ...of, campaign_id })
  const { lead_id } = await factories.insertLead(db, of)
  const { funnel_id } = await factories.insertFunnel(db)
  const { stage_id } = await factories.insertStage(db, { funnel_id })
  const { agent_id } = await factories.insertAgent(db)
  const { organization_id } = await factories.insertOrganization(db, of)
  for (const time of ['first', 'second']) {
    await factories.insertPartner(db)
    await factories.insertCoupon(db, of)
    await factories.insertLicenseOperator(db, { ...of, license_id })
    await factories.insertLicenseInvoice(db, { ...of, license_id })
    await factories.insertCommission(db, { ...of, license_id })
    await factories.insertWithdrawal(db, of)
    await factories.insertLeadEvent(db, { ...of, lead_id, name: time })
    await factories.insertDeal(db, { funnel_id, stage_id, agent_id, status: 'won' })
    await factories.insertUsageEvent(db, { ...of, organization_id })
    await factories.insertCreditEntry(db, of)
    await factories.insertUsageInvoice(db, { ...of, organization_id })
  }
  await factories.insertClicks(db, { ...of, campaign_id, occurred_at: '2026-10-01T00:00:00Z' })
  await factories.insertBillingDetails(db, of)
  await factories.insertFxRate(db, { currency: 'EUR', date: '2026-10-01', rate: '1.1' })
  expect(await factories.insertCommission(db, { ...of, earned_at: '2026-10-02T03:04:05Z' })).toMatchObject({
    amount: '1000',
    available_at: new Date('2026-10-02T03:04:05Z'),
  })
})
