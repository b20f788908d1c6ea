import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { MissingRates } from '../../../db/queries/rates.ts'
import { partnerLeaderboard } from '../../../jobs/reports/partner-leaderboard.ts'
import { insertLeadsOf, insertSales, warsaw } from '../../db/queries/program.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertDeal, insertPartner } from '../../support/factories.ts'
import { outcomes } from '../program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  await insertSales(database.db)
  await insertLeadsOf(database.db, 'alpha')
})
afterAll(() => database.close())

const run = (key: string, of = account) => outcomes(database.db, of, partnerLeaderboard, { key })

test('one statement of the account: the endpoint’s keys, totals, and the month before beside it', async () => {
  const [statement, ...others] = await run('2025-03')
  expect(others).toEqual([])
  if (!statement || 'skip' in statement) throw new Error('no statement')
  const { partners, previous, ...figures } = statement.figures
  expect(statement).toMatchObject({ subject: { kind: 'account', name: 'Program 1' }, currency: 'USD' })
  expect(figures).toEqual({
    currency_code: 'USD',
    period: { start_date: '2025-03-01', end_date: '2025-03-31' },
    totals: {
      revenue: '1320.00',
      open_pipeline: '640.00',
      won_deals: 4,
      total_deals: 8,
      avg_deal_value: '330.00',
      total_leads: 4,
      converted_leads: 1,
      conversion_rate: 25,
      win_rate: 66.7,
    },
    change_percent: {
      revenue: null,
      open_pipeline: 204.8, // from 210.00: two deals of 100 EUR at 1.05, the last rate of February
      won_deals: null,
      total_deals: 300,
      avg_deal_value: null,
      total_leads: 300,
      converted_leads: 0,
    },
  })
  expect(
    partners.map(({ name, revenue, avg_deal_value, win_rate }) => [name, revenue, avg_deal_value, win_rate]),
  ).toEqual([
    ['Bravo', '710.00', '355.00', 66.7],
    ['Alpha', '610.00', '305.00', 66.7],
    ['Quiet', '0.00', null, null],
  ])
  expect(partners[2]).toMatchObject({ logo_uuid: null, open_pipeline: '0.00', total_deals: 0, conversion_rate: null })
  expect(previous.period).toEqual({ start_date: '2025-02-01', end_date: '2025-02-28' })
  expect(previous.partners.map(({ name, open_pipeline }) => [name, open_pipeline])).toEqual([
    ['Alpha', '105.00'],
    ['Bravo', '105.00'],
    ['Quiet', '0.00'],
  ])
})

test('an account without partners has nothing to say', async () => {
  expect(await run('2025-03', await warsaw(database.db, 2))).toEqual([
    { subject: { kind: 'account', name: 'Program 2' }, skip: 'no_activity' },
  ])
})

test('a missing rate fails the run by name, it leaves nothing out', async () => {
  const of = await warsaw(database.db, 3)
  await insertPartner(database.db, { account_id: 3, partner_id: 'p' })
  await insertDeal(database.db, {
    account_id: 3,
    partner_id: 'p',
    funnel_id: 1,
    stage_id: 1,
    currency: 'JPY',
    is_foreign: true,
    status: 'won',
    created_at: '2025-03-05T10:00:00Z',
  })
  await expect(run('2025-03', of)).rejects.toThrow(new MissingRates([{ currency: 'JPY', date: '2025-03-05' }], 'USD'))
})
