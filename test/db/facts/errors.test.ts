import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { account, bring, commission, csv, faultsOf, firstFault, partner, rowsIn } from './support.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await freshDatabase()
  await bring(database, 'accounts', [account()])
  await bring(database, 'partners', [
    partner('p1'),
    partner('jp', { currency: 'JPY' }),
    partner('kw', { currency: 'KWD' }),
  ])
  await bring(database, 'coupons', [{ coupon_id: 1, partner_id: 'p1', label: 'A' }])
  await bring(database, 'funnels', [
    { funnel_id: 1, name: 'A' },
    { funnel_id: 2, name: 'B' },
  ])
  await bring(database, 'stages', [{ funnel_id: 1, stage_id: 1, name: 'New', position: 1 }])
})
afterAll(() => database.close())

const three = () => [commission('a'), commission('b'), commission('c')]
/** Three good rows, the second of them changed: line 3 of the file. */
const changed = (some: Record<string, unknown>) => csv([commission('a'), commission('b', some), commission('c')])

describe('what is wrong with a file of commissions', () => {
  test.each<[string, string | Buffer, number, string | null]>([
    ['unknown column', csv(three().map((row) => ({ ...row, colour: 'x' }))), 1, 'colour'],
    ['missing required column', csv(three().map(({ amount: _, ...row }) => row)), 1, 'amount'],
    ['a column twice', csv(three()).replace('product', 'program'), 1, 'program'],
    ['empty file', '', 1, null],
    ['missing value', changed({ amount: '' }), 3, 'amount'],
    ['bad date', changed({ earned_at: '2026-02-30' }), 3, 'earned_at'],
    ['bad instant', changed({ earned_at: 'yesterday' }), 3, 'earned_at'],
    ['no offset', changed({ earned_at: '2026-02-03T10:00:00' }), 3, 'earned_at'],
    ['bad number', changed({ amount: '12,50' }), 3, 'amount'],
    ['too many digits', changed({ amount: '12.345' }), 3, 'amount'],
    ['too many digits for yen', changed({ amount: '12.5', currency: 'JPY' }), 3, 'amount'],
    [
      "too many digits for the partner's currency",
      changed({ amount: '12.5', currency: '', partner_id: 'jp' }),
      3,
      'amount',
    ],
    ['beyond bigint', changed({ amount: '123456789012345678' }), 3, 'amount'],
    ['integer out of range', changed({ campaign_id: '9007199254740992' }), 3, 'campaign_id'],
    ['unknown partner', changed({ partner_id: 'nobody' }), 3, 'partner_id'],
    ['unknown licence', changed({ license_id: 'nothing' }), 3, 'license_id'],
    ['unknown campaign', changed({ campaign_id: '5' }), 3, 'campaign_id'],
    ['unknown referred partner', changed({ referred_partner_id: 'nobody' }), 3, 'referred_partner_id'],
    ['value outside its list', changed({ kind: 'bonus' }), 3, 'kind'],
    ['unknown currency', changed({ currency: 'usd' }), 3, 'currency'],
    ['bad boolean', changed({ blocked: 'maybe' }), 3, 'blocked'],
    ['duplicate key', csv([...three(), commission('a', { amount: '1.00' })]), 5, 'commission_id'],
    ['unterminated quote', csv(three()).replace(/chat(?=[^\n]*\n$)/, '"chat'), 4, 'product'],
    ['text behind a quote', csv(three()).replace('chat', '"ch"at'), 2, 'product'],
    ['NUL byte', csv(three()).replace('chat', 'ch\0at'), 2, 'product'],
    ['NUL byte in a key', csv(three()).replace('\nb,', '\nb\0,'), 3, 'commission_id'],
    ['latin-1 bytes', Buffer.from(csv(three()).replace('chat', 'caf\u00e9'), 'latin1'), 2, 'product'],
    ['an identifier too long for an index', changed({ commission_id: 'x'.repeat(4000) }), 3, 'commission_id'],
    ['a cell of 2 MiB', changed({ product: 'x'.repeat(2 * 1024 * 1024) }), 3, 'product'],
    ['a line of 6 MiB', changed({ product: 'x'.repeat(6 * 1024 * 1024) }), 3, 'product'],
    ['too many cells', csv(three()).replace(/\n$/, ',extra\n'), 4, null],
    ['too few cells', `${csv(three())}d,p1\n`, 5, null],
  ])('%s', async (_, content, line, column) => {
    expect(await firstFault(database, 'commissions', content)).toEqual([line, column])
    expect(await rowsIn(database, 'commissions')).toEqual([])
  })

  test('a quoted line end does not shift the lines of later rows', async () => {
    const rows = [commission('a', { product: 'two\nlines' }), commission('b', { amount: 'x' })]
    expect(await firstFault(database, 'commissions', rows)).toEqual([4, 'amount'])
  })

  test('the first twenty are listed in the order of their lines, all are counted', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      commission(`x${index}`, index % 2 ? { amount: 'x' } : { partner_id: 'nobody' }),
    )
    const { errors, count } = await faultsOf(database, 'commissions', rows)
    expect(count).toBe(500)
    expect(errors.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2))
    expect(errors[1]).toEqual({
      file: 'commissions',
      line: 3,
      column: 'amount',
      value: 'x',
      expected: 'an amount as 12.34',
    })
  })

  test('every fault of a row is named', async () => {
    const { errors } = await faultsOf(database, 'commissions', changed({ kind: 'x', amount: 'y', partner_id: 'z' }))
    expect(errors.map(({ column }) => column).sort()).toEqual(['amount', 'kind', 'partner_id'])
  })

  test('a value is shown as it was written, if it is not too long', async () => {
    const { errors } = await faultsOf(database, 'commissions', changed({ amount: 'żółw', kind: 'x'.repeat(5000) }))
    expect(errors.find(({ column }) => column === 'amount')?.value).toBe('żółw')
    expect(errors.find(({ column }) => column === 'kind')?.value.length).toBeLessThan(300)
  })
})

describe('the sign of an amount', () => {
  test.each([
    ['refund', '0.01', 'an amount not above zero, as the kind is refund'],
    ['commission', '-0.01', 'an amount not below zero, as the kind is commission or referral'],
    ['referral', '-5', 'an amount not below zero, as the kind is commission or referral'],
  ])('of a %s may not be that of %s', async (kind, amount, expected) => {
    const { errors, count } = await faultsOf(database, 'commissions', changed({ kind, amount }))
    expect(count).toBe(1)
    expect(errors[0]).toMatchObject({ line: 3, column: 'amount', value: amount })
    expect(errors[0]?.expected).toContain(expected)
  })

  test('may be none, and either where both make sense', async () => {
    const kinds = ['refund', 'commission', 'referral', 'adjustment', 'discount']
    const rows = [
      ...kinds.map((kind) => commission(`zero ${kind}`, { kind, amount: '0.00' })),
      commission('minus', { kind: 'adjustment', amount: '-1.00' }),
      commission('plus', { kind: 'adjustment', amount: '1.00' }),
      commission('saved', { kind: 'discount', amount: '1.00' }),
      commission('not saved', { kind: 'discount', amount: '-1.00' }),
      commission('back', { kind: 'refund', amount: '-1.00' }),
    ]
    expect(await bring(database, 'commissions', rows)).toMatchObject({ inserted: rows.length })
    await database.pool.query('truncate commissions, commission_keys')
  })

  const at = '2025-03-01'
  test.each<[string, string, Record<string, unknown>]>([
    ['deals', 'value', { deal_id: 'd', funnel_id: 1, stage_id: 1, value: '-1', status: 'open', created_at: at }],
    [
      'leads',
      'fee_amount',
      {
        lead_id: 'l',
        partner_id: 'p1',
        direction: 'sent',
        status: 'pending',
        company_name: 'x',
        created_at: at,
        fee_amount: '-1',
      },
    ],
    [
      'licenses',
      'commission_percent',
      {
        license_id: 'l',
        partner_id: 'p1',
        program: 'affiliate',
        product: 'x',
        created_at: at,
        commission_percent: '-1',
      },
    ],
    [
      'licenses',
      'seats',
      { license_id: 'l', partner_id: 'p1', program: 'affiliate', product: 'x', created_at: at, seats: '-1' },
    ],
    ['withdrawals', 'amount', { withdrawal_id: 1, partner_id: 'p1', amount: '-1', status: 'paid', requested_at: at }],
    ['fx_rates', 'rate', { currency: 'EUR', date: at, rate: '-1' }],
  ])('may not be below zero in %s.%s', async (table, column, row) => {
    expect(await firstFault(database, table, [row])).toEqual([2, column])
  })
})

describe('what is wrong with NDJSON', () => {
  const line = (some: Record<string, unknown> = {}) => JSON.stringify(commission('n', some))
  test.each<[string, string, string | null]>([
    ['a cut line', line().slice(0, 40), null],
    ['no object', '[]', null],
    ['a nested value', line({ product: { name: 'x' } }), 'product'],
    ['an unknown name', line({ colour: 'x' }), 'colour'],
    ['a missing value', line({ amount: null }), 'amount'],
    ['a NUL in an escape', line({ product: 'a\0b' }), 'product'],
    ['a raw NUL', line({ product: 'a~b' }).replace('~', '\0'), 'product'],
    ['half a character', line({ product: '~' }).replace('~', '\\ud800'), 'product'],
    ['a number beyond 2^53 as an id', line({ campaign_id: '~' }).replace('"~"', '9007199254740993'), 'campaign_id'],
    ['a number of too many digits', line({ amount: 12.345 }), 'amount'],
  ])('%s', async (_, bad, column) => {
    const content = `${JSON.stringify(commission('a'))}\n${bad}\n${JSON.stringify(commission('c'))}\n`
    const [at, named] = await firstFault(database, 'commissions', content, { format: 'ndjson' })
    expect(at).toBe(2)
    if (column !== null) expect(named).toBe(column)
  })
})

describe('what is wrong with other tables', () => {
  const deal = { deal_id: 'd', funnel_id: 1, stage_id: 1, value: '1', status: 'open', created_at: '2025-01-01' }
  const invoice = {
    invoice_id: 'i',
    organization_id: 'o',
    period_start: '2025-03-01',
    period_end: '2025-03-31',
    quantity: 1,
    amount: 1,
    issued_at: '2025-04-01',
  }
  const uuid = 'c9a7d4e2-5b1f-5c3a-9e60-7d2b8f41a6c5'
  test.each<[string, string, Record<string, unknown>[], number, string]>([
    ['a referrer that does not exist', 'partners', [partner('a', { referred_by: 'nobody' })], 2, 'referred_by'],
    ['a program that does not exist', 'partners', [partner('a', { programs: 'affiliate|x' })], 2, 'programs'],
    ['a UUID twice in the file', 'partners', [partner('a', { uuid }), partner('b', { uuid })], 3, 'uuid'],
    [
      'a coupon that does not exist',
      'campaigns',
      [{ campaign_id: 1, partner_id: 'p1', product: 'x', name: 'x', coupon_id: 2, created_at: '2025-01-01' }],
      2,
      'coupon_id',
    ],
    ['a funnel that does not exist', 'deals', [{ ...deal, funnel_id: 9 }], 2, 'funnel_id'],
    ["another funnel's stage", 'deals', [{ ...deal, funnel_id: 2 }], 2, 'stage_id'],
    ['a deal won without its day', 'deals', [{ ...deal, status: 'won' }], 2, 'closed_at'],
    ['an agent that does not exist', 'deals', [{ ...deal, agent_id: 4 }], 2, 'agent_id'],
    [
      'a period that ends before it starts',
      'usage_invoices',
      [{ ...invoice, period_end: '2025-02-28' }],
      2,
      'period_end',
    ],
    [
      'an instant where a date belongs',
      'fx_rates',
      [{ currency: 'EUR', date: '2025-03-01T00:00:00Z', rate: 1 }],
      2,
      'date',
    ],
    ['a rate of nothing', 'fx_rates', [{ currency: 'EUR', date: '2025-03-01', rate: 0 }], 2, 'rate'],
    [
      'a withdrawal of nothing',
      'withdrawals',
      [{ withdrawal_id: 1, partner_id: 'p1', amount: 0, status: 'paid', requested_at: '2025-03-01' }],
      2,
      'amount',
    ],
    [
      'a compound key twice',
      'stages',
      [1, 2, 1].map((stage_id) => ({ funnel_id: 2, stage_id, name: 'x', position: 1 })),
      4,
      'stage_id',
    ],
    ['an unknown time zone', 'accounts', [account({ timezone: 'Mars/Base' })], 2, 'timezone'],
    ['a bad color', 'accounts', [account({ brand_color: 'red' })], 2, 'brand_color'],
    ['a bad locale', 'accounts', [account({ locale: 'en_US' })], 2, 'locale'],
    ['account 0', 'accounts', [account({ account_id: 0 })], 2, 'account_id'],
  ])('%s', async (_, table, rows, line, column) => {
    const { errors } = await faultsOf(database, table, rows)
    expect(errors.map((error) => [error.line, error.column])).toContainEqual([line, column])
  })

  test('a cell that is bad by itself is not blamed again for what it lacks', async () => {
    const { errors, count } = await faultsOf(database, 'deals', [{ ...deal, status: 'won', closed_at: 'soon' }])
    expect([count, errors.length]).toEqual([1, 1])
  })

  test('a UUID that another partner has already', async () => {
    await bring(database, 'partners', [partner('owner', { uuid })])
    expect(await firstFault(database, 'partners', [partner('other', { uuid })])).toEqual([2, 'uuid'])
  })

  test('three digits are right for a currency of thousandths, none for one without', async () => {
    const rows = [
      commission('kw', { partner_id: 'kw', currency: '', amount: '1.234' }),
      commission('jp', { currency: 'JPY', amount: '1234.00' }),
    ]
    await bring(database, 'commissions', rows)
    const stored = await rowsIn(database, 'commissions')
    expect(stored.map(({ amount, currency, is_foreign }) => [amount, currency, is_foreign])).toEqual([
      [1234, 'JPY', true],
      [1234, 'KWD', true],
    ])
  })
})
