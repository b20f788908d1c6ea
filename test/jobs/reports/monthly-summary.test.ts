import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { unsubscribe } from '../../../db/access/preferences.ts'
import { monthlySummary } from '../../../jobs/reports/monthly-summary.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertCommission, insertPartner, insertWithdrawal } from '../../support/factories.ts'
import { type Asked, insertProgram, outcomes, skipsOf, statementOf } from '../program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await insertProgram(database.db)
})
afterAll(() => database.close())

const run = (asked: Asked) => outcomes(database.db, account, monthlySummary, asked)
const figuresOf = async (partnerId: string, asked: Asked) => statementOf(await run(asked), partnerId).figures

describe('a month reckoned by hand', () => {
  test('every figure', async () => {
    const { figures, currency, subject } = statementOf(await run({ key: '2025-03' }), 'ada')
    expect(subject).toEqual({ kind: 'partner', partner_id: 'ada', name: 'Partner ada' })
    expect(currency).toBe('USD')
    expect(figures.commission).toEqual({
      total: '250.50',
      previous: '200.00',
      change_percent: 25.3,
      lifetime: '451.90',
      lines: 8,
      by_program: { affiliate: '185.25', solution: '65.25' },
      by_product: { desk: '185.00', chat: '45.50', partners: '20.00' },
    })
    expect(figures.affiliate).toEqual({
      clicks: 12,
      trials: 1,
      conversions: 1,
      earnings: '185.25',
      conversion_rate: 100,
    })
    expect(figures.best_campaigns).toEqual([
      { campaign_id: 101, name: 'video', product: 'desk', clicks: 9, trials: 1, conversions: 1, earnings: '84.75' },
      { campaign_id: 102, name: 'blog', product: 'chat', clicks: 3, trials: 0, conversions: 0, earnings: '40.50' },
    ])
    expect(figures.licenses).toEqual({ created: 2, converted: 2, expired: 3, discount: '12.00' })
    expect(figures.leads).toEqual({ total: 3, received: 2, sent: 1, converted: 1, rejected: 1, pending: 1 })
    expect(figures.referred_partners).toEqual({ count: 1, commission: '20.00' })
    expect(figures.balance).toEqual({
      opening: '201.40',
      earned: '250.50',
      withdrawn: '80.00',
      closing: '371.90',
      available: '330.90',
      pending: '10.00',
      blocked: '31.00',
    })
  })

  test('the chart has twelve months, empty ones included', async () => {
    const { commission_by_month: months } = await figuresOf('ada', { key: '2025-03' })
    expect(months).toHaveLength(12)
    expect(months.filter(({ total }) => total !== '0.00')).toEqual([
      { month: '2024-04', total: '1.00' },
      { month: '2025-02', total: '200.00' },
      { month: '2025-03', total: '250.50' },
    ])
  })

  test('the lines are the commission, discounts left out, oldest first', async () => {
    const { rows = [] } = statementOf(await run({ key: '2025-03' }), 'ada')
    expect(rows.map((row) => row.commission_id)).toEqual(
      ['c1', 'c3', 'c4', 'c5', 'c7', 'c9', 'c2', 'c10'].map((suffix) => `ada-${suffix}`),
    )
    expect(rows[0]).toEqual({
      commission_id: 'ada-c1',
      earned_at: '2025-03-07T12:00:00Z',
      kind: 'commission',
      program: 'affiliate',
      product: 'desk',
      license_id: 'ada-a2',
      campaign_id: 101,
      amount: '100.00',
      currency: 'USD',
    })
  })

  test('a single partner gets what it gets among all', async () => {
    const all = await run({ key: '2025-03' })
    const [alone, ...others] = await run({ key: '2025-03', partners: ['bob'] })
    expect(others).toEqual([])
    expect(alone).toEqual(statementOf(all, 'bob'))
  })

  test.each([
    ['2025-03-12', '60.25'],
    ['2025-W11', '45.00'],
    ['2025-03-10..2025-03-16', '45.00'],
    ['2025-Q1', '450.50'],
    ['2025', '458.27'],
  ])('any period: %s', async (key, total) => {
    const { commission, commission_by_month: months } = await figuresOf('ada', { key })
    expect(commission.total).toBe(total)
    expect(months).toHaveLength(12)
  })
})

describe('as of another instant', () => {
  test('what was held back then is pending, the figures of the period are the same', async () => {
    const later = await figuresOf('ada', { key: '2025-03', asOf: new Date('2025-05-01T12:00:00Z') })
    // c11 was earned in April; c10 became available at that very instant
    expect(later.balance).toMatchObject({ closing: '371.90', available: '348.67', pending: '0.00', blocked: '31.00' })
    expect(later.commission.total).toBe('250.50')
    const earlier = await figuresOf('ada', { key: '2025-03', asOf: new Date('2025-03-07T12:00:00Z') })
    expect(earlier.balance).toMatchObject({ closing: '371.90', available: '200.40', pending: '0.00', blocked: '1.00' })
  })
})

describe('who gets one', () => {
  test('who has nothing to be told is skipped, and so is who does not want it', async () => {
    const { db } = database
    await insertPartner(db, { partner_id: 'flag', send_monthly_summary: false })
    await insertPartner(db, { partner_id: 'left' })
    await unsubscribe(db, {
      accountId: 1,
      partnerId: 'left',
      report: 'monthly-summary',
      source: 'link',
      now: new Date(0),
    })
    await insertCommission(db, { partner_id: 'left', amount: 500, earned_at: '2025-03-05T10:00:00Z' })
    await insertPartner(db, { partner_id: 'paid-out', blocked: true })
    await insertCommission(db, { partner_id: 'paid-out', amount: 500, earned_at: '2025-01-05T10:00:00Z' })
    await insertWithdrawal(db, { partner_id: 'paid-out', amount: 500, requested_at: '2025-01-06T10:00:00Z' })
    expect(skipsOf(await run({ key: '2025-03' }))).toEqual({
      flag: 'no_activity',
      new: 'no_activity',
      'paid-out': 'no_activity',
    })
    expect(skipsOf(await run({ key: '2025-01' }))).not.toHaveProperty('paid-out')
  })

  test('in the order of their ids', async () => {
    const ids = (await run({ key: '2025-03' })).map(({ subject }) => subject.kind === 'partner' && subject.partner_id)
    expect(ids).toEqual([...ids].sort())
  })
})
