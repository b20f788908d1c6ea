import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { asTenant } from '../../../db/connection/client.ts'
import { leaderboard, leaderboardRates } from '../../../db/queries/leaderboard.ts'
import { labelUuid } from '../../../db/queries/partner-filter.ts'
import { MissingRates } from '../../../db/queries/rates.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertAccount,
  insertDeal,
  insertFunnel,
  insertFxRate,
  insertLead,
  insertPartner,
} from '../../support/factories.ts'
import { insertLeadsOf, insertSales, MARCH, warsaw } from './program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  await insertSales(database.db)
  await insertLeadsOf(database.db, 'alpha')
  await warsaw(database.db, 2)
  await insertPartner(database.db, { account_id: 2, partner_id: 'alpha', name: 'Alpha of another account' })
  await insertDeal(database.db, {
    account_id: 2,
    partner_id: 'alpha',
    funnel_id: 1,
    stage_id: 1,
    status: 'won',
    created_at: MARCH.from,
  })
})
afterAll(() => database.close())

const names = async (options: Parameters<typeof leaderboard>[3]) =>
  (await leaderboard(database.db, account, MARCH, options)).map((row) => row.name)

describe('leaderboard', () => {
  test('ranks every partner of the account by revenue, won deals at the rate of their closing day', async () => {
    const rows = await leaderboard(database.db, account, MARCH)
    expect(rows.map(({ name, revenue, openPipeline }) => [name, revenue, openPipeline])).toEqual([
      ['Bravo', 710_00n, 320_00n],
      ['Alpha', 610_00n, 320_00n],
      ['Quiet', 0n, 0n],
    ])
    expect(rows[1]).toMatchObject({ wonDeals: 2, lostDeals: 1, totalDeals: 4, totalLeads: 4, convertedLeads: 1 })
    expect(rows.slice(1).map(leaderboardRates)).toEqual([
      { avgDealValue: 305_00n, conversionRate: 25, winRate: 66.7 },
      { avgDealValue: null, conversionRate: null, winRate: null },
    ])
  })

  test('ranks by the number, not by its digits', async () => {
    await insertAccount(database.db, { account_id: 3, currency: 'USD' })
    await insertFunnel(database.db, { account_id: 3, funnel_id: 1 })
    for (const [name, value] of [
      ['small', 9_00],
      ['large', 1000_00],
      ['middle', 80_00],
    ] as const) {
      await insertPartner(database.db, { account_id: 3, partner_id: name, name })
      const won = { status: 'won', created_at: MARCH.from, closed_at: MARCH.from }
      await insertDeal(database.db, { account_id: 3, partner_id: name, funnel_id: 1, stage_id: 1, value, ...won })
    }
    const rows = await leaderboard(database.db, { ...account, accountId: 3 }, MARCH)
    expect(rows.map(({ name }) => name)).toEqual(['large', 'middle', 'small'])
  })

  test('takes a deal that is closed after the period as open in it', async () => {
    const february = { from: new Date('2025-01-31T23:00:00Z'), to: MARCH.from }
    const [first] = await leaderboard(database.db, account, february, { partners: ['Bravo'] })
    expect(first).toMatchObject({ revenue: 0n, openPipeline: 105_00n, totalDeals: 1 })
  })

  test('filters by type, by names and by UUIDs, and cuts at the limit', async () => {
    expect(await names({ type: 'reseller' })).toEqual(['Bravo'])
    expect(await names({ tiers: ['gold', 'silver'] })).toEqual(['Bravo', 'Alpha'])
    expect(await names({ categories: [labelUuid(account, 'category', 'agency')] })).toEqual(['Alpha', 'Quiet'])
    expect(await names({ categories: [labelUuid(account, 'tier', 'agency')] })).toEqual([])
    expect(await names({ stages: ['active'], tiers: ['gold'] })).toEqual(['Alpha'])
    const [bravo] = await leaderboard(database.db, account, MARCH)
    expect(await names({ partners: [`${bravo?.uuid.toUpperCase()}`] })).toEqual(['Bravo'])
    expect(await names({ limit: 1 })).toEqual(['Bravo'])
    expect(await names({ partners: [] })).toEqual([])
  })

  test('counts the leads of one direction only when asked to', async () => {
    const [alpha] = await leaderboard(database.db, account, MARCH, { partners: ['Alpha'], leadDirection: 'sent' })
    expect(alpha).toMatchObject({ totalLeads: 2, convertedLeads: 0, revenue: 610_00n })
  })

  test('half-open: the first instant counts, the last one belongs to the next period', async () => {
    const { db } = database
    await insertPartner(db, { partner_id: 'edge', name: 'Edge' })
    for (const created_at of [MARCH.from, MARCH.to]) await insertLead(db, { partner_id: 'edge', created_at })
    const [edge] = await leaderboard(db, account, MARCH, { partners: ['edge'] })
    expect(edge?.totalLeads).toBe(1)
  })

  test('reads the same inside a tenant’s walls', async () => {
    const inside = await asTenant(database.db, { accountId: 1 }, (scope) => leaderboard(scope, account, MARCH))
    expect(inside).toEqual(await leaderboard(database.db, account, MARCH))
  })

  test('a missing rate names currency and day, but only where the deal counts', async () => {
    const { db } = database
    await insertPartner(db, { partner_id: 'foreign', name: 'Foreign' })
    await insertDeal(db, {
      funnel_id: 10,
      stage_id: 3,
      partner_id: 'foreign',
      currency: 'GBP',
      is_foreign: true,
      status: 'won',
      created_at: '2025-03-20T10:00:00Z',
      closed_at: '2025-03-20T23:30:00Z',
    })
    await expect(leaderboard(db, account, MARCH)).rejects.toThrow(
      new MissingRates([{ currency: 'GBP', date: '2025-03-21' }], 'USD'),
    )
    expect(await names({ partners: ['Alpha'] })).toEqual(['Alpha'])
    await insertFxRate(db, { currency: 'GBP', date: '2025-03-21', rate: '1.2' })
    expect((await leaderboard(db, account, MARCH, { partners: ['foreign'] }))[0]?.revenue).toBe(120_00n)
  })
})
