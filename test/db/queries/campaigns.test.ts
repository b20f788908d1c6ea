import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { campaignActivity } from '../../../db/queries/campaigns.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertAccount,
  insertCampaign,
  insertClicks,
  insertCommission,
  insertLicense,
  insertPartner,
} from '../../support/factories.ts'

const MARCH = { from: new Date('2025-03-01T00:00:00Z'), to: new Date('2025-04-01T00:00:00Z') }
const IN_MARCH = '2025-03-10T10:00:00Z'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  account = (await findAccount(database.db, 1)) as Account
  for (const partner_id of ['ada', 'bob']) await insertPartner(database.db, { partner_id })
})
afterAll(() => database.close())

const campaign = async (partner_id: string, name: string, earnings: number, clicks = 0) => {
  const { campaign_id } = await insertCampaign(database.db, { partner_id, name })
  if (clicks) await insertClicks(database.db, { partner_id, campaign_id, occurred_at: IN_MARCH, clicks })
  const entry = { partner_id, campaign_id, earned_at: IN_MARCH }
  if (earnings) await insertCommission(database.db, { ...entry, amount: earnings })
  await insertCommission(database.db, { ...entry, amount: 99_999, kind: 'discount' })
  await insertCommission(database.db, { ...entry, amount: 99_999, earned_at: '2025-04-01T00:00:00Z' })
  return campaign_id
}

test('the best by earnings, then name; those with nothing in the period are left out', async () => {
  for (const [name, earnings] of [
    ['b', 500],
    ['B', 500],
    ['a', 500],
    ['top', 900],
    ['six', 100],
    ['five', 200],
  ] as const) {
    await campaign('ada', name, earnings)
  }
  await campaign('ada', 'idle', 0)
  await campaign('ada', 'returned', -300)
  await campaign('ada', 'seen', 0, 4)
  const names = (best?: number) =>
    campaignActivity(database.db, account, MARCH, { partners: ['ada'], ...(best && { best }) }).then((all) =>
      all.map(({ name }) => name),
    )
  expect(await names()).toEqual(['top', 'B', 'a', 'b', 'five', 'six', 'seen', 'returned'])
  expect(await names(5)).toEqual(['top', 'B', 'a', 'b', 'five'])
})

test('trials and conversions are those of the affiliate program; what names another one’s campaign is nobody’s', async () => {
  const campaign_id = await campaign('bob', 'mine', 100, 2)
  const license = (partner_id: string, program: string) =>
    insertLicense(database.db, { partner_id, program, campaign_id, created_at: IN_MARCH, converted_at: IN_MARCH })
  await license('bob', 'affiliate')
  await license('bob', 'solution')
  await license('ada', 'affiliate')
  await insertCommission(database.db, { partner_id: 'ada', campaign_id, amount: 777, earned_at: IN_MARCH })
  const found = await campaignActivity(database.db, account, MARCH)
  expect(found.filter(({ campaignId }) => campaignId === Number(campaign_id))).toEqual([
    {
      partnerId: 'bob',
      campaignId: Number(campaign_id),
      name: 'mine',
      product: 'product',
      clicks: 2,
      trials: 1,
      conversions: 1,
      earnings: 100n,
    },
  ])
})
