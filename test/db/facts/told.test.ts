import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { importDirectory, importFile } from '../../../db/facts/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { account, bring, commission, csv, NOW, ndjson, partner, rowsIn } from './support.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await freshDatabase()
  await bring(database, 'accounts', [account()])
})
afterEach(() => database.close())

const many = (count: number, some: (index: number) => Record<string, unknown> = () => ({})) =>
  Array.from({ length: count }, (_, index) => partner(`p${index}`, some(index)))
const warningsOf = async (table: string, rows: readonly Record<string, unknown>[]) => {
  const source = Readable.from([Buffer.from(csv(rows))])
  return (await importFile(database, { table, source, accountId: 1, now: NOW })).warnings
}

describe('what changed', () => {
  test('is told by column, and only what did', async () => {
    await bring(database, 'partners', many(3))
    const counts = await bring(database, 'partners', [
      partner('p0', { blocked: true }),
      partner('p1', { blocked: true, tier: 'gold' }),
      partner('p2', { blocked: '', tier: '' }),
      partner('new', { blocked: true }),
    ])
    expect(counts).toEqual({
      inserted: 1,
      updated: 2,
      unchanged: 1,
      conflicts: 0,
      columns: { blocked: 2, tier: 1 },
    })
  })

  test('adds up over two files of a table', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'told-'))
    try {
      await bring(database, 'partners', many(2))
      await writeFile(join(folder, 'partners.csv'), csv([partner('p0', { blocked: true })]))
      await writeFile(join(folder, 'partners.ndjson'), ndjson([partner('p1', { blocked: true, tier: 'gold' })]))
      const { tables } = await importDirectory(database, folder, { accountId: 1, now: NOW })
      expect(tables.partners).toEqual({
        inserted: 0,
        updated: 2,
        unchanged: 0,
        conflicts: 0,
        columns: { blocked: 2, tier: 1 },
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('is warned of where more than a tenth of the rows that were there change a column', async () => {
    await bring(database, 'partners', many(40))
    const blocked = (count: number) => many(40, (index) => ({ blocked: index < count }))
    expect(await warningsOf('partners', [...blocked(4), ...many(50).slice(40)])).toBeUndefined()
    expect(await warningsOf('partners', blocked(9))).toBeUndefined() // five of fifty
    const some = many(50, (index) =>
      index < 15 ? { blocked: true, tier: index < 5 ? 'gold' : '' } : { blocked: false },
    )
    expect(await warningsOf('partners', some)).toEqual(['6 of 50 partners change `blocked`'])
  })

  test('is not warned of in a small table', async () => {
    await bring(database, 'partners', many(9))
    expect(
      await warningsOf(
        'partners',
        many(9, () => ({ name: 'x' })),
      ),
    ).toBeUndefined()
    await bring(database, 'partners', [partner('tenth')])
    expect(
      await warningsOf(
        'partners',
        many(9, () => ({ name: 'y' })),
      ),
    ).toEqual(['9 of 10 partners change `name`'])
  })
})

describe('a changed fact of money', () => {
  beforeEach(() => bring(database, 'partners', [partner('p1'), partner('p2')]))
  const changes = async () => (await rowsIn(database, 'fact_changes')).map(({ id: _, ...change }) => change)

  test('is kept as it was and as it is, and not where nothing changed', async () => {
    await bring(database, 'commissions', [commission('a'), commission('b')])
    expect(await changes()).toEqual([])
    await bring(database, 'commissions', [commission('a', { amount: '9.99' }), commission('b'), commission('c')])
    const kept = { account_id: 1, table_name: 'commissions', partner_id: 'p1', partner_before: null }
    expect(await changes()).toMatchObject([
      {
        ...kept,
        key: { commission_id: 'a' },
        changed_at: '2026-11-20T12:00:00+00:00',
        before: { amount: 1234, partner_id: 'p1', currency: 'USD' },
        after: { amount: 999, partner_id: 'p1', currency: 'USD' },
        source: 'import commissions',
      },
    ])
  })

  test('names both partners where it goes to another', async () => {
    await bring(database, 'commissions', [commission('a')])
    const elsewhere = commission('a', { partner_id: 'p2', earned_at: '2025-05-09T10:00:00Z' })
    await bring(database, 'commissions', [elsewhere])
    expect(await changes()).toMatchObject([
      {
        partner_id: 'p2',
        partner_before: 'p1',
        before: { earned_at: '2025-03-09T10:00:00+00:00' },
        after: { earned_at: '2025-05-09T10:00:00+00:00', commission_id: 'a' },
      },
    ])
  })

  test('may be a withdrawal', async () => {
    const asked = { withdrawal_id: 7, partner_id: 'p1', amount: '80.00', status: 'pending', requested_at: '2025-03-01' }
    await bring(database, 'withdrawals', [asked])
    await bring(database, 'withdrawals', [{ ...asked, status: 'paid' }])
    expect(await changes()).toMatchObject([
      {
        table_name: 'withdrawals',
        key: { withdrawal_id: 7 },
        before: { status: 'pending' },
        after: { status: 'paid' },
      },
    ])
  })
})

describe('an address that nobody can write to', () => {
  const billing = (paypal: string) => ({
    partner_id: 'p1',
    type: 'business',
    company: 'C',
    address: 'Street 1',
    city: 'Town',
    country: 'PL',
    paypal,
  })

  test('is taken and warned of, an empty or a good one is not', async () => {
    const rows = [
      partner('p1', { email: 'anna at partner.test' }),
      partner('p2', { email: '' }),
      partner('p3', { email: 'żółw@partner.test' }),
    ]
    expect(await warningsOf('partners', rows)).toEqual([
      'partners: 1 cell of `email` is no mail address: "anna at partner.test" (line 2)',
    ])
    expect((await rowsIn(database, 'partners')).map(({ email }) => email)).toContain('anna at partner.test')
    expect(await warningsOf('billing_details', [billing('600 100 200')])).toEqual([
      'billing_details: 1 cell of `paypal` is no receiver that PayPal takes: "600 100 200" (line 2)',
    ])
    expect(await warningsOf('billing_details', [billing('+48 600 100 200')])).toBeUndefined()
    expect(await warningsOf('billing_details', [billing('p1@paypal.test')])).toBeUndefined()
  })

  test('is shown for the first three of them', async () => {
    const rows = many(5, (index) => ({ email: `x${index}` }))
    expect(await warningsOf('partners', rows)).toEqual([
      'partners: 5 cells of `email` are no mail address: "x0" (line 2), "x1" (line 3), "x2" (line 4), …',
    ])
  })
})
