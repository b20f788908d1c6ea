import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { balances } from '../../../db/queries/balance.ts'
import { withdrawalEligibility } from '../../../jobs/reports/withdrawal-eligibility.ts'
import type { EligibilityRow } from '../../../templates/withdrawal-eligibility/view.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertAccount,
  insertBillingDetails,
  insertCommission,
  insertPartner,
  insertWithdrawal,
} from '../../support/factories.ts'
import { outcomes } from '../program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db, { timezone: 'Europe/Warsaw', withdrawal_minimum: 5000 })
  account = (await findAccount(database.db, 1)) as Account
  await insertPartners()
})
afterAll(() => database.close())

const MARCH = '2025-03-05T10:00:00Z'

async function insertPartners() {
  const { db } = database
  const partner = async (partner_id: string, amounts: number[], more: object = {}) => {
    await insertPartner(db, { partner_id, name: partner_id, ...more })
    await insertBillingDetails(db, { partner_id })
    for (const amount of amounts) await insertCommission(db, { partner_id, amount, earned_at: MARCH })
  }
  const held = (partner_id: string, amount: number, available_at: string, more: object = {}) =>
    insertCommission(db, { partner_id, amount, earned_at: MARCH, available_at, ...more })
  await partner('exact', [2000, 3000])
  await partner('short', [4999])
  await partner('blocked', [9000], { blocked: true })
  await partner('refunded', [1000, -3000])
  await partner('nothing', [])
  await partner('open', [20_000])
  await insertWithdrawal(db, {
    partner_id: 'open',
    amount: 5000,
    status: 'pending',
    requested_at: '2025-03-10T10:00:00Z',
  })
  await partner('paid', [20_000])
  await insertWithdrawal(db, {
    partner_id: 'paid',
    amount: 5000,
    requested_at: '2025-03-10T10:00:00Z',
    acted_at: '2025-03-20T10:00:00Z',
  })
  await insertPartner(db, { partner_id: 'unbilled', name: 'unbilled' })
  await insertCommission(db, { partner_id: 'unbilled', amount: 9000, earned_at: MARCH })
  await insertPartner(db, { partner_id: 'half-billed', name: 'half-billed' })
  await insertBillingDetails(db, { partner_id: 'half-billed', city: ' ' })
  await insertCommission(db, { partner_id: 'half-billed', amount: 9000, earned_at: MARCH })
  await partner('held', [1000])
  await held('held', 2000, '2025-04-10T10:00:00Z')
  await held('held', 2000, '2025-04-20T22:30:00Z') // 21 April in Warsaw
  await held('held', 2000, '2025-04-30T10:00:00Z')
  await held('held', 90_000, '2025-04-01T10:00:00Z', { blocked: true })
  await partner('never', [1000])
  await held('never', 3999, '2025-04-10T10:00:00Z')
  await partner('all-wrong', [-100], { blocked: true })
  await held('all-wrong', 6000, '2025-04-10T10:00:00Z')
  await insertWithdrawal(db, { partner_id: 'all-wrong', amount: 100, status: 'pending', requested_at: MARCH })
  await insertPartner(db, { partner_id: 'later', created_at: '2025-06-01T10:00:00Z' })
}

async function run(key = '2025-03', asOf?: Date) {
  const [statement, ...others] = await outcomes(database.db, account, withdrawalEligibility, {
    key,
    ...(asOf && { asOf }),
  })
  if (!statement || 'skip' in statement || others.length > 0) throw new Error('expected one statement')
  return { ...statement, row: rowOf(statement.rows ?? []) }
}

const rowOf = (rows: readonly EligibilityRow[]) => (id: string) => {
  const row = rows.find((some) => some.partner_id === id)
  if (!row) throw new Error(`no row of ${id}`)
  return row
}

describe('at the end of March', () => {
  test.each<[string, string[], string | null]>([
    ['exact', [], null],
    ['short', ['below_minimum'], null],
    ['blocked', ['partner_blocked'], null],
    ['refunded', ['below_minimum', 'negative_balance'], null],
    ['nothing', ['below_minimum'], null],
    ['open', ['withdrawal_pending'], null],
    ['paid', [], null],
    ['unbilled', ['billing_missing'], null],
    ['half-billed', ['billing_missing'], null],
    ['held', ['below_minimum', 'on_hold_until'], '2025-04-21'],
    ['never', ['below_minimum'], null],
    [
      'all-wrong',
      ['below_minimum', 'partner_blocked', 'withdrawal_pending', 'on_hold_until', 'negative_balance'],
      '2025-04-10',
    ],
  ])('%s', async (id, reasons, onHoldUntil) => {
    const { row } = await run()
    expect(row(id)).toMatchObject({ reasons, on_hold_until: onHoldUntil, eligible: reasons.length === 0 })
  })

  test('one statement of the account, every partner by id, a PayPal address only where it is needed', async () => {
    const { subject, rows = [], row } = await run()
    expect(subject).toEqual({ kind: 'account', name: 'Test program' })
    expect(rows.map(({ partner_id: id }) => id)).toEqual(rows.map(({ partner_id: id }) => id).sort())
    expect(rows.filter(({ paypal }) => paypal !== undefined).map(({ partner_id: id }) => id)).toEqual(['exact', 'paid'])
    expect(row('paid')).toEqual({
      partner_id: 'paid',
      name: 'paid',
      currency: 'USD',
      total: '200.00',
      withdrawn: '50.00',
      blocked: '0.00',
      pending: '0.00',
      available: '150.00',
      eligible: true,
      reasons: [],
      on_hold_until: null,
      paypal: 'paid@paypal.test',
    })
  })

  test('the totals are the sums of the rows, and each row is its partner’s balance', async () => {
    const { figures, rows = [] } = await run()
    expect(figures).toEqual({
      partners: 12,
      eligible: 2,
      eligible_amount: '200.00',
      total: '1828.98',
      withdrawn: '101.00',
      blocked: '900.00',
      pending: '158.99', // of all-wrong: the hold makes up for the 1.00 that its adjustment takes beyond all it has
      available: '668.99',
    })
    const of = await balances(database.db, account, new Date('2025-03-31T22:00:00Z'))
    for (const row of rows) {
      expect(BigInt(row.available.replace('.', ''))).toBe(of.get(row.partner_id)?.balance.available ?? 0n)
    }
  })
})

describe('as of another instant', () => {
  test('before a payment was made it was pending', async () => {
    const { row } = await run('2025-03', new Date('2025-03-15T10:00:00Z'))
    expect(row('paid').reasons).toEqual(['withdrawal_pending'])
  })

  test('before it was asked for nothing was withdrawn', async () => {
    const { row } = await run('2025-03', new Date('2025-03-08T10:00:00Z'))
    expect(row('paid')).toMatchObject({ withdrawn: '0.00', available: '200.00', eligible: true })
  })

  test('the day a hold ends the money is there', async () => {
    const { row } = await run('2025-04', new Date('2025-04-20T22:30:00Z'))
    expect(row('held')).toMatchObject({ available: '50.00', eligible: true, on_hold_until: null })
  })

  test('who was not there yet is not listed', async () => {
    expect(() => rowOf([])('later')).toThrow()
    expect((await run('2025-06')).row('later')).toMatchObject({
      total: '0.00',
      reasons: ['below_minimum', 'billing_missing'],
    })
  })
})

describe('whom the payout file pays', () => {
  const paid = async (key: string) =>
    new Map((await run(key)).rows?.map((row) => [row.partner_id, { paypal: row.paypal, since: row.withdrawal_since }]))

  test('a receiver that PayPal does not take is missing billing details', async () => {
    const { db } = database
    const receivers = { na: 'n/a', two: 'pay@c.test; office@c.test', phone: '+36 1 234-5678', mail: ' pay@a.test ' }
    for (const [partner_id, paypal] of Object.entries(receivers)) {
      await insertPartner(db, { partner_id, name: partner_id, created_at: '2026-05-01T00:00:00Z' })
      await insertBillingDetails(db, { partner_id, paypal })
      await insertCommission(db, { partner_id, amount: 9000, earned_at: '2026-05-02T00:00:00Z' })
    }
    const { row } = await run('2026-05')
    expect(row('na')).toMatchObject({ reasons: ['billing_missing'], eligible: false })
    expect(row('two')).toMatchObject({ reasons: ['billing_missing'], eligible: false })
    expect(row('phone')).toMatchObject({ eligible: true, paypal: '+3612345678' })
    expect(row('mail')).toMatchObject({ eligible: true, paypal: 'pay@a.test' })
  })

  test('who has a withdrawal since is left out of the file, not of the figures; a rejected one does not count', async () => {
    const { db } = database
    const cases = { asked: 'pending', paidSince: 'paid', refused: 'rejected' }
    for (const [partner_id, status] of Object.entries(cases)) {
      await insertPartner(db, { partner_id, name: partner_id, created_at: '2026-06-01T00:00:00Z' })
      await insertBillingDetails(db, { partner_id })
      await insertCommission(db, { partner_id, amount: 9000, earned_at: '2026-06-02T00:00:00Z' })
      await insertWithdrawal(db, { partner_id, amount: 9000, status, requested_at: '2026-06-30T22:00:00Z' }) // the as-of
    }
    const { row, figures } = await run('2026-06')
    expect(row('asked')).toMatchObject({ available: '90.00', eligible: true, reasons: [], withdrawal_since: true })
    expect(figures.eligible_amount).toBe(
      (await run('2026-06')).rows
        ?.filter((one) => one.eligible)
        .reduce((sum, one) => sum + Number(one.available), 0)
        .toFixed(2),
    )
    const lines = await paid('2026-06')
    expect(lines.get('asked')).toEqual({ paypal: undefined, since: true })
    expect(lines.get('paidSince')).toEqual({ paypal: undefined, since: true })
    expect(lines.get('refused')).toEqual({ paypal: 'refused@paypal.test', since: undefined })
    expect((await run('2026-07')).row('asked').reasons).toEqual(['below_minimum', 'withdrawal_pending'])
  })
})
