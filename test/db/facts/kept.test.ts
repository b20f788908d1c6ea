import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { factTables } from '../../../db/facts/tables/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { program } from './program.ts'
import { account, bring, commission, csv, faultsOf, firstFault, ndjson, partner, rowsIn } from './support.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.close())

type Row = Record<string, unknown>

const rowOf = async (table: string, where: string): Promise<Row> => {
  const { rows } = await database.pool.query(`select to_jsonb(t) as row from ${table} t where ${where}`)
  expect(rows).toHaveLength(1)
  return rows[0].row
}
const partnerRow = (id: string) => rowOf('partners', `partner_id = '${id}'`)
const commissionRow = (id: string) => rowOf('commissions', `commission_id = '${id}'`)

describe('a column that is not there', () => {
  test.each(['csv', 'ndjson'] as const)('is not touched, in any table (%s)', async (format) => {
    for (const { name } of factTables) await bring(database, name, program[name] ?? [])
    for (const { name, columns } of factTables) {
      const required = columns.filter((column) => column.required).map((column) => column.name)
      const rows = (program[name] ?? []).map((row) =>
        Object.fromEntries(required.map((column) => [column, row[column]])),
      )
      const before = await rowsIn(database, name)
      const counts = await bring(database, name, format === 'csv' ? csv(rows) : ndjson(rows), { format })
      expect([name, counts]).toEqual([name, { inserted: 0, updated: 0, unchanged: before.length, conflicts: 0 }])
      expect(await rowsIn(database, name)).toEqual(before)
    }
  })

  test('keeps who is blocked and who wants no mail, while an address is mended', async () => {
    await bring(database, 'accounts', [account({ withdrawal_minimum: '500.00', hold_days: 30 })])
    await bring(database, 'partners', [partner('p1', { tier: 'gold', blocked: true, send_monthly_summary: false })])
    const { created_at, name, type } = partner('p1')
    const mended = { partner_id: 'p1', name, type, created_at, email: 'new@p1.test' }
    expect(await bring(database, 'partners', [mended])).toMatchObject({ updated: 1, columns: { email: 1 } })
    expect(await partnerRow('p1')).toMatchObject({
      email: 'new@p1.test',
      tier: 'gold',
      blocked: true,
      send_monthly_summary: false,
    })
    await bring(database, 'accounts', [account({ brand_color: '#aa0000' })])
    expect(await rowOf('accounts', 'true')).toMatchObject({
      brand_color: '#aa0000',
      withdrawal_minimum: 50000,
      hold_days: 30,
    })
  })

  test('gives a new row its default', async () => {
    await bring(database, 'accounts', [account()])
    await bring(database, 'partners', [partner('p1', { blocked: true })])
    await bring(database, 'partners', [partner('p1'), partner('p2')])
    expect([await partnerRow('p1'), await partnerRow('p2')].map(({ blocked }) => blocked)).toEqual([true, false])
  })

  test('leaves a partner the UUID it was given', async () => {
    const uuid = 'c9a7d4e2-5b1f-5c3a-9e60-7d2b8f41a6c5'
    await bring(database, 'accounts', [account()])
    await bring(database, 'partners', [partner('p1', { uuid })])
    expect(await bring(database, 'partners', [partner('p1')])).toMatchObject({ unchanged: 1 })
    expect(await partnerRow('p1')).toMatchObject({ uuid })
    expect(await firstFault(database, 'partners', [partner('p1'), partner('p2', { uuid })])).toEqual([3, 'uuid'])
  })

  test('counts for a rule over several columns as what is stored', async () => {
    for (const name of ['accounts', 'partners', 'agents', 'funnels', 'stages', 'deals'])
      await bring(database, name, program[name] ?? [])
    const { closed_at: _, ...won } = program.deals?.[0] ?? {}
    expect(await bring(database, 'deals', [{ ...won, value: '501' }])).toMatchObject({ columns: { value: 1 } })
    expect(await firstFault(database, 'deals', [{ ...won, deal_id: 'new' }])).toEqual([2, 'closed_at'])
    expect(await firstFault(database, 'deals', [{ ...won, closed_at: '' }])).toEqual([2, 'closed_at'])
  })

  test('of clicks counts lines, which never make an instant less than it was', async () => {
    for (const name of ['accounts', 'partners', 'coupons', 'campaigns'])
      await bring(database, name, program[name] ?? [])
    const at = (occurred_at: string) => ({ campaign_id: 11, occurred_at })
    await bring(database, 'clicks', [{ ...at('2025-03-01'), clicks: 7 }, at('2025-03-02')])
    const lines = [at('2025-03-01'), at('2025-03-02'), at('2025-03-02')]
    expect(await bring(database, 'clicks', lines)).toMatchObject({ updated: 1, unchanged: 1 })
    expect((await rowsIn(database, 'clicks')).map(({ clicks }) => clicks).sort()).toEqual([2, 7])
    expect(await bring(database, 'clicks', [{ ...at('2025-03-01'), clicks: '' }])).toMatchObject({ updated: 1 })
    expect((await rowsIn(database, 'clicks')).map(({ clicks }) => clicks).sort()).toEqual([1, 2])
  })
})

describe('an empty cell', () => {
  test('clears: the default, or nothing', async () => {
    await bring(database, 'accounts', [account()])
    const full = { blocked: true, tier: 'gold', programs: 'affiliate', uuid: 'c9a7d4e2-5b1f-5c3a-9e60-7d2b8f41a6c5' }
    await bring(database, 'partners', [partner('p1'), partner('p2', full)])
    const made = (await partnerRow('p1')).uuid
    await bring(
      database,
      'partners',
      [partner('p1', full)].map((row) => ({ ...row, uuid: '' })),
    )
    const empty = { blocked: '', tier: '', programs: '', uuid: '' }
    const counts = await bring(database, 'partners', [partner('p1', empty)])
    expect(counts).toMatchObject({ columns: { blocked: 1, tier: 1, programs: 1 } })
    expect(await partnerRow('p1')).toMatchObject({ blocked: false, tier: null, programs: [], uuid: made })
  })

  test('of NDJSON is null; a name that is not there is not touched, line by line', async () => {
    await bring(database, 'accounts', [account()])
    const full = { blocked: true, tier: 'gold' }
    await bring(database, 'partners', [partner('p1', full), partner('p2', full)])
    const lines = ndjson([
      partner('p1', { tier: null }),
      partner('p2', { blocked: null }),
      partner('p3', { tier: 'x' }),
    ])
    expect(await bring(database, 'partners', lines, { format: 'ndjson' })).toEqual({
      inserted: 1,
      updated: 2,
      unchanged: 0,
      conflicts: 0,
      columns: { blocked: 1, tier: 1 },
    })
    const held = await Promise.all(['p1', 'p2', 'p3'].map(partnerRow))
    expect(held.map(({ blocked, tier }) => [blocked, tier])).toEqual([
      [true, null],
      [false, 'gold'],
      [false, 'x'],
    ])
  })
})

describe('what a row had from others when it was first stored', () => {
  beforeEach(async () => {
    await bring(database, 'accounts', [account({ hold_days: 30 })])
    await bring(database, 'partners', [partner('p1', { currency: 'EUR' }), partner('p2')])
  })
  const become = (some: Row) => bring(database, 'partners', [partner('p1', some)])
  const plain = (id: string, some: Row = {}) => {
    const { currency: _, ...row } = commission(id, some)
    return row
  }

  test('is its currency, in every table: the same file changes nothing', async () => {
    for (const name of ['agents', 'funnels', 'stages', 'organizations'])
      await bring(database, name, program[name] ?? [])
    const money = {
      commissions: [plain('a'), plain('b', { partner_id: 'p2' })],
      withdrawals: program.withdrawals ?? [],
      deals: program.deals ?? [],
      usage_invoices: program.usage_invoices ?? [],
    }
    const withEmpty = (rows: readonly Row[]) => rows.map((row) => ({ ...row, currency: '' }))
    for (const [name, rows] of Object.entries(money)) await bring(database, name, rows)
    const before = await Promise.all(Object.keys(money).map((name) => rowsIn(database, name)))
    await bring(database, 'partners', [partner('p1', { currency: 'JPY' }), partner('p2', { currency: 'EUR' })])
    for (const [name, rows] of Object.entries(money)) {
      expect([name, await bring(database, name, rows)]).toMatchObject([name, { unchanged: rows.length }])
      expect([name, await bring(database, name, withEmpty(rows))]).toMatchObject([name, { unchanged: rows.length }])
    }
    expect(await Promise.all(Object.keys(money).map((name) => rowsIn(database, name)))).toEqual(before)
  })

  test('moves where a filled cell says so', async () => {
    await bring(database, 'commissions', [plain('a')])
    const counts = await bring(database, 'commissions', [commission('a', { currency: 'USD' })])
    expect(counts?.columns).toEqual({ currency: 1 })
    expect(await commissionRow('a')).toMatchObject({ currency: 'USD', is_foreign: false, amount: 1234 })
  })

  test('tells how many digits an amount may have', async () => {
    await bring(database, 'commissions', [plain('a')])
    await become({ currency: 'JPY' })
    await bring(database, 'commissions', [plain('a', { amount: '15.50' })])
    expect(await commissionRow('a')).toMatchObject({ amount: 1550, currency: 'EUR' })
    expect(await firstFault(database, 'commissions', [plain('a'), plain('new')])).toEqual([3, 'amount'])
    await bring(database, 'commissions', [plain('yen', { amount: '15' })])
    await become({ currency: 'EUR' })
    const { errors } = await faultsOf(database, 'commissions', [plain('a'), plain('yen', { amount: '15.50' })])
    expect(errors).toMatchObject([{ line: 3, column: 'amount', value: '15.50' }])
    expect(await commissionRow('yen')).toMatchObject({ amount: 15, currency: 'JPY' })
  })

  test('is its hold: neither the account nor an empty cell moves it, a filled one does', async () => {
    await bring(database, 'commissions', [commission('a')])
    await bring(database, 'accounts', [account({ hold_days: 14 })])
    expect(await bring(database, 'commissions', [commission('a')])).toMatchObject({ unchanged: 1 })
    expect(await bring(database, 'commissions', [commission('a', { available_at: '' })])).toMatchObject({
      unchanged: 1,
    })
    expect((await commissionRow('a')).available_at).toBe('2025-04-08T10:00:00+00:00')
    await bring(database, 'commissions', [commission('a', { available_at: '2025-03-20T00:00:00Z' })])
    expect((await commissionRow('a')).available_at).toBe('2025-03-20T00:00:00+00:00')
  })

  test('waits as long where the day it was earned is mended', async () => {
    await bring(database, 'commissions', [commission('a')])
    await bring(database, 'accounts', [account({ hold_days: 14 })])
    const counts = await bring(database, 'commissions', [commission('a', { earned_at: '2025-05-09T10:00:00Z' })])
    expect(counts?.columns).toEqual({ earned_at: 1, available_at: 1 })
    expect((await commissionRow('a')).available_at).toBe('2025-06-08T10:00:00+00:00')
  })
})

describe("an account's minimum", () => {
  const minimum = async () => (await rowOf('accounts', 'true')).withdrawal_minimum
  test('is as many units when the currency has other digits, or refused', async () => {
    await bring(database, 'accounts', [account({ withdrawal_minimum: '500.00' })])
    await bring(database, 'accounts', [account({ currency: 'JPY' })])
    expect(await minimum()).toBe(500)
    await bring(database, 'accounts', [account({ currency: 'KWD' })])
    expect(await minimum()).toBe(500_000)
    await bring(database, 'accounts', [account({ currency: 'KWD', withdrawal_minimum: '500.125' })])
    expect(await firstFault(database, 'accounts', [account()])).toEqual([2, 'withdrawal_minimum'])
    expect(await minimum()).toBe(500_125)
  })
})
