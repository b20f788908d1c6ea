import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { parseMoney } from '../../support/money.ts'
import { account, bring, commission, faultsOf, partner, rowsIn } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await bring(database, 'accounts', [account()])
  await bring(database, 'partners', [partner('p1')])
})
afterAll(() => database.close())

test('file after file, the table holds the last word on each key and the counts say what changed', async () => {
  const row = fc.record({ agent_id: fc.integer({ min: 1, max: 6 }), name: fc.constantFrom('Ada', 'Bo', 'Ćma') })
  const file = fc.uniqueArray(row, { selector: ({ agent_id }) => agent_id, minLength: 1 })
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 5 }), async (files) => {
      await database.pool.query('delete from agents')
      const known = new Map<number, string>()
      for (const rows of files) {
        const inserted = rows.filter(({ agent_id }) => !known.has(agent_id)).length
        const unchanged = rows.filter(({ agent_id, name }) => known.get(agent_id) === name).length
        const updated = rows.length - inserted - unchanged
        const columns = updated ? { columns: { name: updated } } : {}
        const counts = { inserted, updated, unchanged, conflicts: 0, ...columns }
        expect(await bring(database, 'agents', rows)).toEqual(counts)
        for (const { agent_id, name } of rows) known.set(agent_id, name)
      }
      const held = (await rowsIn(database, 'agents')).map(({ agent_id, name }) => [agent_id, name])
      expect(new Map(held as [number, string][])).toEqual(known)
    }),
    { numRuns: 15 },
  )
})

test('an amount is stored to the minor unit or refused', async () => {
  const digits = fc.integer({ min: 0, max: 4 })
  const amount = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 14n }), digits, fc.nat())
    .map(([minus, whole, places, fraction]) => {
      const tail = places ? `.${String(fraction).padStart(places, '0').slice(-places)}` : ''
      return `${minus ? '-' : ''}${whole}${tail}`
    })
  const cell = fc.tuple(amount, fc.constantFrom('USD', 'JPY', 'KWD'))
  const cells = fc.sample(cell, 300).map(([text, currency]) => ({ text, currency, minor: parseMoney(text, currency) }))
  const rows = cells.map(({ text, currency }, index) =>
    commission(`k${index}`, { kind: 'adjustment', amount: text, currency }),
  )

  const good = rows.filter((_, index) => cells[index]?.minor !== undefined)
  await bring(database, 'commissions', good)
  const { rows: stored } = await database.pool.query('select commission_id, amount from commissions')
  const amounts = new Map(stored.map((row) => [row.commission_id, BigInt(row.amount)]))
  for (const [index, { minor }] of cells.entries()) expect(amounts.get(`k${index}`)).toBe(minor)

  const { count } = await faultsOf(database, 'commissions', rows)
  expect(count).toBe(rows.length - good.length)
})

test('imports that touch each other at once end as if they had waited', async () => {
  const campaign = (partner_id: string) => [
    { campaign_id: 1, partner_id, product: 'x', name: 'x', created_at: '2025-01-01' },
  ]
  const clicks = (minute: number) => [
    { campaign_id: 1, occurred_at: `2025-01-01T00:${String(minute).padStart(2, '0')}:00Z` },
  ]
  await bring(database, 'partners', [partner('p2')])
  await bring(database, 'campaigns', campaign('p1'))
  const all = Array.from({ length: 12 }, (_, index) => [
    bring(database, 'campaigns', campaign(index % 2 ? 'p1' : 'p2')),
    bring(database, 'clicks', clicks(index)),
  ])
  await Promise.all(all.flat())
  const [{ partner_id } = {}] = await rowsIn(database, 'campaigns')
  expect(new Set((await rowsIn(database, 'clicks')).map((row) => row.partner_id))).toEqual(new Set([partner_id]))
})
