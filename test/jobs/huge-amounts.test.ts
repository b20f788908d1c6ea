import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Account, findAccount } from '../../db/access/accounts.ts'
import { reports } from '../../jobs/index.ts'
import { faultsOf } from '../db/facts/support.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import * as insert from '../support/factories.ts'
import { outcomes } from './program.ts'

/** The largest that one row holds: 92,233,720,368,547,758.07 USD. Three of them no bigint holds. */
const LARGEST = 9_223_372_036_854_775_807n
let database: TestDatabase
let account: Account

beforeAll(async () => {
  database = await freshDatabase()
  const { db } = database
  await insert.insertAccount(db, { account_id: 1 })
  account = (await findAccount(db, 1)) as Account
  const partner_id = 'p'
  await insert.insertPartner(db, { partner_id, programs: ['affiliate', 'solution'] })
  await insert.insertBillingDetails(db, { partner_id })
  const { campaign_id } = await insert.insertCampaign(db, { partner_id })
  const funnel = await insert.insertFunnel(db)
  const stage = await insert.insertStage(db, { funnel_id: funnel.funnel_id })
  const { organization_id } = await insert.insertOrganization(db, { partner_id })
  await insert.insertFxRate(db, { currency: 'EUR', date: '2026-10-05', rate: '10' })
  for (let n = 0; n < 3; n++) {
    const [amount, currency, at] = [LARGEST, n === 2 ? 'EUR' : 'USD', '2026-10-05T12:00:00Z']
    const foreign = { currency, is_foreign: currency !== 'USD' }
    await insert.insertCommission(db, { partner_id, campaign_id, amount, earned_at: at, ...foreign })
    const deal = { funnel_id: funnel.funnel_id, stage_id: stage.stage_id, partner_id, value: amount, status: 'won' }
    await insert.insertDeal(db, { ...deal, created_at: at, closed_at: at, ...foreign })
    const invoice = { partner_id, organization_id, amount, period_end: '2026-10-05', issued_at: at, ...foreign }
    await insert.insertUsageInvoice(db, invoice)
  }
})
afterAll(() => database.close())

it.each(reports.map((report) => [report.name, report] as const))('%s adds them up exactly', async (name, report) => {
  const all = await outcomes(database.db, account, report, { key: '2026-10' })
  const totals = JSON.stringify(all.map((one) => ('skip' in one ? one.skip : one.figures)))
  // Two of them, and one in euros at ten dollars each.
  if (!/licen|leads|weekly/.test(name)) expect(totals).toContain(`"${LARGEST * 12n}`.slice(0, -2))
})

it('an import refuses, by line, an amount that no row holds', async () => {
  const row = { partner_id: 'p', kind: 'commission', program: 'affiliate', product: 'chat', earned_at: '2026-10-05' }
  const { errors } = await faultsOf(database, 'commissions', [
    { commission_id: 'c-1', amount: '92233720368547758.07', ...row },
    { commission_id: 'c-2', amount: '92233720368547758.08', ...row },
  ])
  expect(errors).toMatchObject([{ line: 3, column: 'amount', value: '92233720368547758.08' }])
})
