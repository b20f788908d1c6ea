import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { resellerWeekly } from '../../../jobs/reports/reseller-weekly.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertCommission, insertLicense, insertPartner } from '../../support/factories.ts'
import { type Asked, insertProgram, outcomes, skipsOf, statementOf } from '../program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await insertProgram(database.db)
})
afterAll(() => database.close())

const run = (asked: Asked) => outcomes(database.db, account, resellerWeekly, asked)

test('a week reckoned by hand, beside the week before', async () => {
  const { figures } = statementOf(await run({ key: '2025-W11' }), 'ada')
  expect(figures).toEqual({
    created: 1,
    converted: 1,
    expired: 1,
    expiring_soon: 1, // s3 ends on the 14th day after the week
    commission: '60.25',
    discount: '12.00',
    previous: { created: 0, converted: 0, expired: 0, expiring_soon: 1, commission: '0.00', discount: '0.00' },
    change_percent: {
      created: null,
      converted: null,
      expired: null,
      expiring_soon: 0,
      commission: null,
      discount: null,
    },
  })
})

test('the licences are those of the solution program that the headlines count', async () => {
  const { rows = [] } = statementOf(await run({ key: '2025-W11' }), 'ada')
  expect(rows.map((row) => [row.license_id, row.status])).toEqual([
    ['ada-s2', 'expired'],
    ['ada-s3', 'trial'],
    ['ada-s1', 'paid'],
  ])
  expect(rows[2]).toEqual({
    license_id: 'ada-s1',
    managed_by: 'partner',
    status: 'paid',
    client_name: '',
    client_email: '',
    client_identifier: 'PO 1',
    created: '2025-03-12 10:00:00',
    product: 'product',
    credit_card: 'no',
    card_problem: '',
    commission_level: '0.00',
    discount_level: '10.00',
    total_earnings: '60.25',
    total_savings: '12.00',
  })
})

test('what was earned after the as-of instant is not in a licence yet', async () => {
  const asOf = new Date('2025-03-12T11:00:00Z')
  const { rows = [] } = statementOf(await run({ key: '2025-W11', asOf }), 'ada')
  expect(rows.find((row) => row.license_id === 'ada-s1')).toMatchObject({ status: 'trial', total_earnings: '0.00' })
})

test('fourteen days are those of the calendar, over a change of the clock', async () => {
  const { db } = database
  await insertPartner(db, { partner_id: 'clock', programs: ['solution'] })
  const ends = (license_id: string, expires_at: string) =>
    insertLicense(db, {
      partner_id: 'clock',
      license_id,
      program: 'solution',
      created_at: '2025-01-01T10:00:00Z',
      expires_at,
    })
  await ends('last', '2025-04-06T21:59:59Z')
  await ends('after', '2025-04-06T22:00:00Z') // 7 April, 00:00 in Warsaw; summer time began on 30 March
  const { figures, rows } = statementOf(await run({ key: '2025-W12' }), 'clock')
  expect(figures.expiring_soon).toBe(1)
  expect(rows?.map((row) => row.license_id)).toEqual(['last'])
})

test('who gets one', async () => {
  const { db } = database
  await insertPartner(db, { partner_id: 'affiliate', programs: ['affiliate'] })
  await insertPartner(db, { partner_id: 'flag', programs: ['solution'], send_reseller_weekly_summary: false })
  await insertPartner(db, { partner_id: 'saver', programs: ['solution'] })
  await insertCommission(db, {
    partner_id: 'saver',
    kind: 'discount',
    program: 'solution',
    earned_at: '2025-03-12T10:00:00Z',
  })
  const all = await run({ key: '2025-W11' })
  expect(skipsOf(all)).toEqual({ flag: 'no_activity', new: 'no_activity', clock: 'no_activity' })
  expect(statementOf(all, 'saver').figures).toMatchObject({ commission: '0.00', discount: '10.00' })
  expect(skipsOf(await run({ key: '2025-W11', partners: ['affiliate'] }))).toEqual({ affiliate: 'no_activity' })
})

test('a single partner gets what it gets among all', async () => {
  expect(await run({ key: '2025-W11', partners: ['bob'] })).toEqual([
    statementOf(await run({ key: '2025-W11' }), 'bob'),
  ])
})
