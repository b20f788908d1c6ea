import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { balanceOf, balances } from '../../../db/queries/balance.ts'
import { commissionTotals, listCommissionEntries } from '../../../db/queries/commissions.ts'
import { inAccountCurrency } from '../../../db/queries/money.ts'
import { MissingRates } from '../../../db/queries/rates.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertAccount,
  insertCommission,
  insertFxRate,
  insertPartner,
  insertWithdrawal,
} from '../../support/factories.ts'

const MARCH = { from: new Date('2025-02-28T23:00:00Z'), to: new Date('2025-03-31T22:00:00Z') }

let database: TestDatabase
let account: Account
let yen: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await insertForeign(1, 'USD')
  yen = await insertForeign(2, 'JPY')
})
afterAll(() => database.close())

async function insertForeign(account_id: number, currency: string): Promise<Account> {
  const { db } = database
  await insertAccount(db, { account_id, timezone: 'Europe/Warsaw', currency })
  for (const partner_id of ['p', 'unrated', 'plain']) await insertPartner(db, { account_id, partner_id })
  for (const [code, date, rate] of [
    ['EUR', '2025-03-10', '1.10'],
    ['EUR', '2025-03-11', '1.2345'],
    ['JPY', '2025-03-10', '0.0067'],
    ['KWD', '2025-03-10', '3.25'],
  ] as const) {
    await insertFxRate(db, { account_id, currency: code, date, rate })
  }
  return (await findAccount(db, account_id)) as Account
}

const foreign = (currency: string, amount: number, earned_at: string, more: object = {}) =>
  insertCommission(database.db, { partner_id: 'p', currency, is_foreign: true, amount, earned_at, ...more })

const total = async (of: Account, partner: string) => {
  const totals = await commissionTotals(database.db, of, MARCH, { partners: [partner] })
  return totals.reduce((sum, { commission }) => sum + commission, 0n)
}

describe('amounts in another currency', () => {
  test('go through the rate of the local day, halves away from zero', async () => {
    await foreign('EUR', 1005, '2025-03-10T12:00:00Z') // 11.055
    await foreign('EUR', -1005, '2025-03-10T22:59:59Z', { kind: 'refund' }) // -11.055
    await foreign('EUR', 1000, '2025-03-10T23:00:00Z') // 11 March in Warsaw: 12.345
    await foreign('JPY', 1000, '2025-03-10T12:00:00Z') // 1,000 yen: 6.70
    await foreign('KWD', 1234, '2025-03-10T12:00:00Z') // 1.234 dinar: 4.0105
    await insertCommission(database.db, { partner_id: 'p', amount: 100, earned_at: '2025-03-10T12:00:00Z' })
    const entries = await listCommissionEntries(database.db, account, MARCH, { partners: ['p'] })
    expect(entries.map(({ amount }) => amount).sort()).toEqual(['1106', '-1106', '1235', '670', '401', '100'].sort())
    expect(await total(account, 'p')).toBe(2406n)
    expect((await balanceOf(database.db, account, MARCH.to, 'p')).total).toBe(2406n)
  })

  test('whose day the law has moved since PostgreSQL learnt of it', async () => {
    const { db } = database
    await insertAccount(db, { account_id: 3, timezone: 'America/Edmonton', currency: 'USD' })
    await insertPartner(db, { account_id: 3, partner_id: 'p' })
    await insertFxRate(db, { account_id: 3, currency: 'EUR', date: '2026-11-30', rate: '1' })
    await insertFxRate(db, { account_id: 3, currency: 'EUR', date: '2026-12-01', rate: '2' })
    await foreign('EUR', 1000, '2026-12-01T05:59:59Z', { account_id: 3 })
    await foreign('EUR', 100, '2026-12-01T06:00:00Z', { account_id: 3 }) // December since 2026c: no change of the clocks
    const edmonton = (await findAccount(db, 3)) as Account
    const november = { from: new Date('2026-11-01T06:00:00Z'), to: new Date('2027-01-01T06:00:00Z') }
    const entries = await listCommissionEntries(db, edmonton, november, { partners: ['p'] })
    expect(entries.map(({ amount }) => amount)).toEqual(['1000', '200'])
  })

  test('into a currency without minor units', async () => {
    await foreign('EUR', 123_450, '2025-03-10T12:00:00Z', { account_id: 2 }) // 1234.50 × 1.10 = 1357.95
    expect(await total(yen, 'p')).toBe(1358n)
  })

  test('of a day are rounded once, each line worth what it adds, whatever is left out', async () => {
    const line = (commission_id: string, amount: number, time: string, more: object = {}) =>
      foreign('EUR', amount, `2025-03-11T${time}Z`, { partner_id: 'pennies', commission_id, ...more })
    await insertPartner(database.db, { partner_id: 'pennies' })
    await line('a', 10, '10:00:00') // 12.345 cents
    await line('c', 10, '11:00:00', { product: 'other' }) // by then 24.69
    await line('b', 10, '11:00:00', { product: 'other', program: 'solution' }) // the id decides: 24.69, and c 37.035
    await line('d', -10, '12:00:00', { kind: 'refund' }) // by then 24.69 again
    await line('saved', 10, '09:00:00', { kind: 'discount' }) // in no one's sum: 12.345
    await line('next', 10, '23:00:00') // 12 March in Warsaw, at the rate of the 11th: 12.345
    const entries = await listCommissionEntries(database.db, account, MARCH, { partners: ['pennies'] })
    expect(entries.map(({ commission_id, amount }) => [commission_id, Number(amount)])).toEqual([
      ['a', 12],
      ['b', 13],
      ['c', 12],
      ['d', -12],
      ['next', 12],
    ])
    const totals = await commissionTotals(database.db, account, MARCH, { partners: ['pennies'] })
    expect(
      totals.map(({ product, program, commission, discount }) => [product, program, commission, discount]).sort(),
    ).toEqual([
      ['other', 'affiliate', 12n, 0n],
      ['other', 'solution', 13n, 0n],
      ['product', 'affiliate', 12n, 12n],
    ])
    const some = await commissionTotals(database.db, account, MARCH, { partners: ['pennies'], product: 'other' })
    expect(some.map(({ commission }) => commission).sort()).toEqual([12n, 13n])
    const noon = new Date('2025-03-11T11:30:00Z')
    expect((await balanceOf(database.db, account, noon, 'pennies')).total).toBe(37n)
    expect((await balanceOf(database.db, account, MARCH.to, 'pennies')).total).toBe(37n)
    expect((await balances(database.db, account, MARCH.to)).get('pennies')?.balance.total).toBe(37n)
  })

  test('of a day without a rate go through the last one before, at most seven days old', async () => {
    await insertPartner(database.db, { partner_id: 'weekend' })
    await foreign('EUR', 1000, '2025-03-18T12:00:00Z', { partner_id: 'weekend' }) // 11 March's 1.2345
    expect(await total(account, 'weekend')).toBe(1235n)
    await foreign('EUR', 1000, '2025-03-19T12:00:00Z', { partner_id: 'weekend' })
    await expect(total(account, 'weekend')).rejects.toThrow('no rate of EUR for 2025-03-19')
    await insertFxRate(database.db, { currency: 'EUR', date: '2025-03-12', rate: '1.3' })
    expect(await total(account, 'weekend')).toBe(2600n)
    await sql`delete from fx_rates where account_id = 1 and date = '2025-03-12'`.execute(database.db)
  })

  test('withdrawals too', async () => {
    const at = { requested_at: '2025-03-10T12:00:00Z', currency: 'EUR', is_foreign: true }
    await insertWithdrawal(database.db, { partner_id: 'p', amount: 1000, ...at })
    expect((await balanceOf(database.db, account, MARCH.to, 'p')).withdrawn).toBe(1100n)
  })
})

describe('a missing rate', () => {
  test('is an error that names every currency and day at once', async () => {
    await foreign('EUR', 100, '2025-03-19T23:30:00Z', { partner_id: 'unrated' })
    await foreign('GBP', 100, '2025-03-21T12:00:00Z', { partner_id: 'unrated' })
    await foreign('GBP', 100, '2025-04-15T12:00:00Z', { partner_id: 'unrated' })
    const asked = total(account, 'unrated')
    await expect(asked).rejects.toBeInstanceOf(MissingRates)
    const lacking = [
      { currency: 'EUR', date: '2025-03-20' },
      { currency: 'GBP', date: '2025-03-21' },
    ]
    await expect(asked).rejects.toMatchObject({ lacking })
    await expect(asked).rejects.toThrow(
      'fx_rates has no rates of EUR for 2025-03-20, GBP for 2025-03-21; expected one of the day, or of one of the 7 days before, to turn them into USD',
    )
  })

  test('concerns only who has such a row, and only when it counts', async () => {
    await insertCommission(database.db, { partner_id: 'plain', amount: 100, earned_at: '2025-03-10T12:00:00Z' })
    expect(await total(account, 'plain')).toBe(100n)
    const april = new Date('2025-04-01T00:00:00Z')
    await expect(balanceOf(database.db, account, april, 'unrated')).rejects.toThrow('EUR')
    expect((await balanceOf(database.db, account, MARCH.from, 'unrated')).total).toBe(0n)
  })
})

test('an account of one currency pays for no join', async () => {
  const money = await inAccountCurrency(database.db, account, 'commissions', 'c', {
    where: sql`c.partner_id = 'plain'`,
  })
  expect(money.join.compile(database.db).sql).toBe('')
})
