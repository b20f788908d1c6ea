import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { program } from './program.ts'
import { account, bring, commission, faultsOf, firstFault, partner, rowsIn } from './support.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await freshDatabase()
  await bring(database, 'accounts', [account({ hold_days: 30 })])
  await bring(database, 'partners', [partner('p1', { currency: 'EUR' }), partner('p2')])
})
afterEach(() => database.close())

const only = async (table: string) => {
  const rows = await rowsIn(database, table)
  expect(rows).toHaveLength(1)
  return rows[0] ?? {}
}

describe('what a file leaves out', () => {
  test('a date alone is midnight in the account', async () => {
    await bring(database, 'commissions', [commission('a', { earned_at: '2025-03-31' })])
    expect((await only('commissions')).earned_at).toBe('2025-03-30T22:00:00+00:00')
  })

  test('a commission is available after the hold, of 24 hours a day', async () => {
    await bring(database, 'commissions', [commission('a', { earned_at: '2025-03-10T10:00:00Z' })])
    expect((await only('commissions')).available_at).toBe('2025-04-09T10:00:00+00:00')
  })

  test.each([
    ["the row's", 'p1', 'PLN', 'PLN', true],
    ["the partner's", 'p1', '', 'EUR', true],
    ["the account's", 'p2', '', 'USD', false],
  ])('the currency is %s', async (_, partner_id, currency, expected, is_foreign) => {
    await bring(database, 'commissions', [commission('a', { partner_id, currency })])
    expect(await only('commissions')).toMatchObject({ amount: 1234, currency: expected, is_foreign })
  })

  test('a deal without a partner is in the currency of the account, an invoice in that of its partner', async () => {
    for (const table of ['funnels', 'stages', 'agents', 'organizations', 'usage_invoices'])
      await bring(database, table, program[table] ?? [])
    await bring(database, 'deals', program.deals ?? [])
    const currencies = (await rowsIn(database, 'deals')).map(({ deal_id, currency, value }) => [
      deal_id,
      currency,
      value,
    ])
    expect(currencies).toEqual([
      ['d1', 'EUR', 50000],
      ['d2', 'USD', 7005],
    ])
    expect(await only('usage_invoices')).toMatchObject({
      currency: 'EUR',
      is_foreign: true,
      amount: 3000,
      partner_id: 'p1',
    })
  })

  test('a partner has a UUID of its own, the same each time and another in each account', async () => {
    await bring(database, 'accounts', [account({ account_id: 2 })])
    await bring(database, 'partners', [partner('p1')], { accountId: 2 })
    const before = await rowsIn(database, 'partners')
    const uuids = before.map(({ uuid }) => String(uuid))
    expect(new Set(uuids).size).toBe(3)
    for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/)
    expect(await bring(database, 'partners', [partner('p2')])).toMatchObject({ unchanged: 1 })
    expect(await rowsIn(database, 'partners')).toEqual(before)
  })

  test('the columns of a table have the defaults that were promised', async () => {
    await bring(database, 'campaigns', [
      { campaign_id: 1, partner_id: 'p1', product: 'x', name: 'x', created_at: '2025-01-01' },
    ])
    expect(await only('campaigns')).toMatchObject({ active: true, is_default: false, coupon_id: null, slug: null })
    expect((await rowsIn(database, 'accounts'))[0]).toMatchObject({ withdrawal_minimum: 5000, locale: 'en-US' })
    expect((await rowsIn(database, 'partners'))[0]).toMatchObject({
      blocked: false,
      programs: [],
      send_monthly_summary: true,
      send_newsletter: true,
    })
  })

  test('an empty address is an empty address, its column cannot be left out', async () => {
    await bring(database, 'partners', [partner('p3', { email: '' })])
    const { email: _, ...withoutEmail } = partner('p4')
    expect(await firstFault(database, 'partners', [withoutEmail])).toEqual([1, 'email'])
    const { rows } = await database.pool.query(`select email from partners where partner_id = 'p3'`)
    expect(rows).toEqual([{ email: '' }])
  })
})

describe('whose row it is', () => {
  beforeEach(async () => {
    const tables = ['coupons', 'campaigns', 'clicks', 'licenses', 'license_operators', 'license_invoices']
    const others = ['leads', 'lead_events', 'organizations', 'usage_events', 'usage_invoices']
    for (const table of [...tables, ...others]) await bring(database, table, program[table] ?? [])
    await bring(database, 'usage_events', [{ ...program.usage_events?.[0], quantity: 99 }])
  })

  test.each([
    ['campaigns', ['clicks']],
    ['licenses', ['license_operators', 'license_invoices']],
    ['leads', ['lead_events']],
    ['organizations', ['usage_events', 'usage_event_conflicts', 'usage_invoices']],
  ])('the children of %s follow to another partner', async (table, children) => {
    const partnersOf = async (name: string) =>
      new Set((await rowsIn(database, name)).map(({ partner_id }) => partner_id))
    for (const child of children) expect([child, await partnersOf(child)]).toEqual([child, new Set(['p1'])])
    const moved = (program[table] ?? []).map((row) => ({ ...row, partner_id: 'p2' }))
    expect(await bring(database, table, moved)).toMatchObject({ updated: 1 })
    for (const child of children) expect([child, await partnersOf(child)]).toEqual([child, new Set(['p2'])])
  })
})

describe('clicks', () => {
  beforeEach(async () => {
    await bring(database, 'coupons', program.coupons ?? [])
    await bring(database, 'campaigns', program.campaigns ?? [])
  })

  test('of one instant in a file add up, whatever its offset says', async () => {
    const at = (occurred_at: string, clicks: unknown) => ({ campaign_id: 11, occurred_at, clicks })
    const rows = [at('2025-03-05T10:00:00Z', 7), at('2025-03-05T11:00:00+01:00', ''), at('2025-03-06', 2)]
    expect(await bring(database, 'clicks', rows)).toMatchObject({ inserted: 2 })
    expect((await rowsIn(database, 'clicks')).map(({ clicks }) => clicks).sort()).toEqual([2, 8])
    expect(await bring(database, 'clicks', rows)).toEqual({ inserted: 0, updated: 0, unchanged: 2, conflicts: 0 })
  })
})

describe('usage events', () => {
  const event = (some: Record<string, unknown> = {}) => ({
    event_id: 'e',
    organization_id: 'o1',
    kind: 'identification',
    quantity: '10',
    occurred_at: '2025-03-10T10:00:00Z',
    ...some,
  })
  beforeEach(() => bring(database, 'organizations', program.organizations ?? []))

  test('the first payload wins, a different one is kept beside it once', async () => {
    expect(await bring(database, 'usage_events', [event()])).toMatchObject({ inserted: 1 })
    const later = [event({ quantity: '11' })]
    expect(await bring(database, 'usage_events', later)).toEqual({
      inserted: 0,
      updated: 0,
      unchanged: 0,
      conflicts: 1,
    })
    expect(await bring(database, 'usage_events', later)).toEqual({
      inserted: 0,
      updated: 0,
      unchanged: 1,
      conflicts: 0,
    })
    expect(await only('usage_events')).toMatchObject({ quantity: 10 })
    expect(await only('usage_event_conflicts')).toMatchObject({ quantity: 11, event_id: 'e', partner_id: 'p1' })
  })

  test('within one file the first line wins', async () => {
    const rows = [event(), event({ quantity: '11' }), event({ quantity: '12' }), event({ quantity: '11.0' }), event()]
    expect(await bring(database, 'usage_events', rows)).toEqual({ inserted: 1, updated: 0, unchanged: 2, conflicts: 2 })
    expect(await bring(database, 'usage_events', rows)).toEqual({ inserted: 0, updated: 0, unchanged: 5, conflicts: 0 })
    expect(await only('usage_events')).toMatchObject({ quantity: 10 })
  })

  test('of another organisation an event of the same id is another event', async () => {
    const other = { ...program.organizations?.[0], organization_id: 'o2', partner_id: 'p2' }
    await bring(database, 'organizations', [other])
    const both = [
      event(),
      event({ organization_id: 'o2', quantity: '40' }),
      event({ organization_id: 'o2', quantity: '41' }),
    ]
    expect(await bring(database, 'usage_events', both)).toEqual({ inserted: 2, updated: 0, unchanged: 0, conflicts: 1 })
    expect(await bring(database, 'usage_events', both)).toEqual({ inserted: 0, updated: 0, unchanged: 3, conflicts: 0 })
    const later = [
      event({ quantity: '11' }),
      event({ organization_id: 'o2', quantity: '42', occurred_at: '2025-04-01' }),
    ]
    expect(await bring(database, 'usage_events', later)).toMatchObject({ inserted: 0, conflicts: 2 })
    const kept = async (table: string) =>
      (await rowsIn(database, table))
        .map(({ organization_id, partner_id, quantity }) => [organization_id, partner_id, quantity])
        .sort()
    expect(await kept('usage_events')).toEqual([
      ['o1', 'p1', 10],
      ['o2', 'p2', 40],
    ])
    expect(await kept('usage_event_conflicts')).toEqual([
      ['o1', 'p1', 11],
      ['o2', 'p2', 41],
      ['o2', 'p2', 42],
    ])
  })

  test('heard again, only later or in other words, it is the same event', async () => {
    await bring(database, 'usage_events', [event()])
    const again = [event({ quantity: '10.00', occurred_at: '2025-03-10T11:00:00+01:00', received_at: '2025-03-12' })]
    expect(await bring(database, 'usage_events', again)).toMatchObject({ unchanged: 1, conflicts: 0 })
    expect(await only('usage_events')).toMatchObject({ received_at: '2025-03-10T10:00:00+00:00' })
  })
})

describe("an account's currency", () => {
  test('may change while nothing is reckoned in it', async () => {
    expect(await bring(database, 'accounts', [account({ currency: 'JPY' })])).toMatchObject({ updated: 1 })
    expect((await rowsIn(database, 'accounts'))[0]).toMatchObject({ withdrawal_minimum: 50 })
  })

  test('may not change once there are amounts', async () => {
    await bring(database, 'commissions', [commission('a')])
    expect((await faultsOf(database, 'accounts', [account({ currency: 'EUR' })])).errors).toMatchObject([
      { line: 2, column: 'currency', value: 'EUR' },
    ])
    expect(await bring(database, 'accounts', [account({ name: 'Renamed' })])).toMatchObject({ updated: 1 })
  })
})
