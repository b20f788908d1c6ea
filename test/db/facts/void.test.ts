import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { importFile, NeverVoid, type Verb } from '../../../db/facts/index.ts'
import { factTables } from '../../../db/facts/tables/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { program, ROWS } from './program.ts'
import { account, bring, commission, csv, faultsOf, NOW, ndjson, partner, rowsIn } from './support.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.close())

type Row = Readonly<Record<string, unknown>>
const tables = factTables.filter(({ name }) => name !== 'accounts')

async function ask(verb: Verb, table: string, rows: readonly Row[], format: 'csv' | 'ndjson' = 'csv', accountId = 1) {
  const source = Readable.from([Buffer.from(format === 'csv' ? csv(rows) : ndjson(rows))])
  const result = await importFile(database, { table, source, format, accountId, now: NOW, verb, by: 'Ann' })
  return result.tables[table]
}
const take = (table: string, rows: readonly Row[]) => ask('void', table, rows)
const putBack = (table: string, rows: readonly Row[]) => ask('restore', table, rows)
const refusalOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return (error as { errors?: readonly Row[] }).errors ?? error
}

const keysOf = (table: string) => {
  const key = factTables.find(({ name }) => name === table)?.key ?? []
  return (program[table] ?? []).map((row) => Object.fromEntries(key.map((column) => [column, row[column]])))
}
const everything = async () =>
  Object.fromEntries(await Promise.all(tables.map(async ({ name }) => [name, await rowsIn(database, name)])))
const bringProgram = async () => {
  for (const { name } of factTables) await bring(database, name, program[name] ?? [])
}
const NONE = { inserted: 0, updated: 0, unchanged: 0, conflicts: 0 }

describe('a whole program', () => {
  test('is taken back and brought again, table by table, as it was', async () => {
    await bringProgram()
    await bring(database, 'usage_events', [{ ...program.usage_events?.[0], quantity: 99 }])
    const before = await everything()
    const besides = await rowsIn(database, 'usage_event_conflicts')
    const keyed = await rowsIn(database, 'commission_keys')
    for (const { name } of tables.toReversed())
      expect([name, await take(name, keysOf(name))]).toMatchObject([name, { voided: ROWS[name] }])
    expect(Object.values(await everything()).flat()).toEqual([])
    for (const name of ['commission_keys', 'usage_event_keys', 'usage_event_conflicts'])
      expect([name, await rowsIn(database, name)]).toEqual([name, []])
    for (const { name } of tables)
      expect([name, await putBack(name, keysOf(name))]).toMatchObject([name, { restored: ROWS[name] }])
    expect(await everything()).toEqual(before)
    expect(await rowsIn(database, 'usage_event_conflicts')).toEqual(besides)
    expect(await rowsIn(database, 'commission_keys')).toEqual(keyed)
    for (const { name } of tables)
      expect([name, await bring(database, name, program[name] ?? [])]).toEqual([
        name,
        { ...NONE, unchanged: ROWS[name] },
      ])
  })

  test('stays away while its exports come again', async () => {
    await bringProgram()
    for (const { name } of tables.toReversed()) await take(name, keysOf(name))
    for (const { name } of tables)
      expect([name, await bring(database, name, program[name] ?? [])]).toEqual([
        name,
        { ...NONE, void: program[name]?.length },
      ])
    expect(Object.values(await everything()).flat()).toEqual([])
  })
})

describe('rows taken back', () => {
  beforeEach(async () => {
    await bring(database, 'accounts', [account(), account({ account_id: 2 })])
    await bring(database, 'partners', [partner('p1'), partner('p2')])
    await bring(database, 'commissions', [
      commission('a'),
      commission('b', { earned_at: '2025-05-01' }),
      commission('c'),
    ])
  })
  const left = async () => (await rowsIn(database, 'commissions')).map(({ commission_id }) => commission_id).sort()

  test('are kept whole, with who did it and when', async () => {
    const row = (await rowsIn(database, 'commissions')).find(({ commission_id }) => commission_id === 'a')
    expect(await take('commissions', [{ commission_id: 'a' }])).toEqual({ ...NONE, voided: 1 })
    expect(await left()).toEqual(['b', 'c'])
    expect(await rowsIn(database, 'voided_facts')).toMatchObject([
      {
        account_id: 1,
        table_name: 'commissions',
        key: { commission_id: 'a' },
        row,
        voided_at: '2026-11-20T12:00:00+00:00',
        voided_by: 'Ann',
        restored_at: null,
      },
    ])
    expect(await rowsIn(database, 'fact_changes')).toMatchObject([
      { key: { commission_id: 'a' }, partner_id: 'p1', before: row, after: null, source: 'void commissions' },
    ])
  })

  test('may be named by whole rows of an export, of which only the keys are read', async () => {
    const rows = [commission('a', { amount: 'much', kind: '' }), commission('b', { partner_id: 'nobody' })]
    expect(await take('commissions', rows)).toMatchObject({ voided: 2 })
    expect(await ask('restore', 'commissions', rows, 'ndjson')).toMatchObject({ restored: 2 })
    expect(await left()).toEqual(['a', 'b', 'c'])
  })

  test('twice are taken back once; what is there is not brought again', async () => {
    await take('commissions', [{ commission_id: 'a' }])
    expect(await take('commissions', [{ commission_id: 'a' }, { commission_id: 'b' }])).toEqual({
      ...NONE,
      unchanged: 1,
      voided: 1,
    })
    expect(await putBack('commissions', [{ commission_id: 'a' }, { commission_id: 'c' }])).toEqual({
      ...NONE,
      unchanged: 1,
      restored: 1,
    })
    expect(await left()).toEqual(['a', 'c'])
  })

  test('come again one by one, and may go again', async () => {
    for (let time = 0; time < 2; time++) {
      await take('commissions', [{ commission_id: 'a' }])
      expect(await bring(database, 'commissions', [commission('a', { amount: '1.00' }), commission('c')])).toEqual({
        ...NONE,
        unchanged: 1,
        void: 1,
      })
      await putBack('commissions', [{ commission_id: 'a' }])
    }
    expect(await rowsIn(database, 'voided_facts')).toMatchObject([1, 2].map(() => ({ restored_by: 'Ann' })))
    expect(await bring(database, 'commissions', [commission('a', { amount: '1.00' })])).toMatchObject({ updated: 1 })
    const sources = (await rowsIn(database, 'fact_changes')).map(({ source }) => source).sort()
    expect(sources).toEqual(['import', 'restore', 'restore', 'void', 'void'].map((verb) => `${verb} commissions`))
  })

  test('are of one account, and of one table', async () => {
    await bring(database, 'partners', [partner('p1')], { accountId: 2 })
    await bring(database, 'commissions', [commission('a')], { accountId: 2 })
    await take('commissions', [{ commission_id: 'a' }])
    expect(await bring(database, 'commissions', [commission('a')], { accountId: 2 })).toMatchObject({ unchanged: 1 })
    expect(await refusalOf(ask('void', 'commissions', [{ commission_id: 'b' }], 'csv', 2))).toMatchObject([
      { line: 2, value: 'b' },
    ])
  })

  test('are all of the file or none', async () => {
    const rows = [{ commission_id: 'a' }, { commission_id: 'x' }, { commission_id: '', kind: 'refund' }]
    expect(await refusalOf(take('commissions', rows))).toMatchObject([
      { line: 3, column: 'commission_id', value: 'x', expected: 'the commission_id of one of the commissions' },
      { line: 4, column: 'commission_id' },
    ])
    expect(await refusalOf(putBack('commissions', rows.slice(0, 2)))).toMatchObject([{ line: 3, value: 'x' }])
    expect(await refusalOf(take('commissions', [{ commission_id: 'a' }, { commission_id: 'a' }]))).toMatchObject([
      { line: 3, expected: 'each commission_id once in a file' },
    ])
    expect(await refusalOf(take('commissions', [{ commission_id: 'a', colour: 'x' }]))).toMatchObject([
      { column: 'colour' },
    ])
    expect([await left(), await rowsIn(database, 'voided_facts')]).toEqual([['a', 'b', 'c'], []])
  })

  test('are nothing that others refer to; those are named', async () => {
    await bring(
      database,
      'partners',
      ['x', 'y', 'z'].map((id) => partner(id, { referred_by: 'p2' })),
    )
    await bring(database, 'commissions', [commission('d', { partner_id: 'p2' })])
    expect(await refusalOf(take('partners', [{ partner_id: 'x' }, { partner_id: 'p1' }]))).toMatchObject([
      {
        line: 3,
        column: 'partner_id',
        value: 'p1',
        expected: 'none of the commissions to refer to it; there is a, b, c',
      },
    ])
    await take('commissions', [{ commission_id: 'd' }])
    expect(await refusalOf(take('partners', [{ partner_id: 'p2' }]))).toMatchObject([
      { value: 'p2', expected: 'none of the partners to refer to it; there is x, y, z' },
    ])
    const all = ['p2', 'x', 'y', 'z'].map((partner_id) => ({ partner_id }))
    expect(await take('partners', all)).toMatchObject({ voided: 4 })
    expect(await refusalOf(putBack('commissions', [{ commission_id: 'd' }]))).toMatchObject([
      { line: 2, column: 'partner_id', value: 'p2' },
    ])
    await putBack('partners', all)
    expect(await putBack('commissions', [{ commission_id: 'd' }])).toMatchObject({ restored: 1 })
  })

  test('keep the account in its currency: they may come back', async () => {
    await take(
      'commissions',
      ['a', 'b', 'c'].map((commission_id) => ({ commission_id })),
    )
    const { errors } = await faultsOf(database, 'accounts', [account({ currency: 'EUR' })])
    expect(errors).toMatchObject([{ column: 'currency', value: 'EUR' }])
  })

  test('are never accounts', async () => {
    await expect(take('accounts', [{ account_id: 2 }])).rejects.toThrow(NeverVoid)
  })
})

describe('rows by month', () => {
  beforeEach(async () => {
    for (const name of ['accounts', 'partners', 'coupons', 'campaigns', 'organizations'])
      await bring(database, name, program[name] ?? [])
    await bring(database, 'clicks', [{ campaign_id: 11, occurred_at: '2025-03-05', clicks: 7 }])
    await bring(database, 'usage_events', program.usage_events ?? [])
  })
  const detach = (table: string) => database.pool.query(`select detach_month('${table}', '2025-03')`)
  const event = (event_id: string) => ({ organization_id: 'o1', event_id })
  const click = [{ campaign_id: 11, occurred_at: '2025-03-05' }]

  test('of a detached month can neither go nor come', async () => {
    await take('clicks', click)
    await take('usage_events', [event('e1')])
    await detach('clicks')
    await detach('usage_events')
    await expect(putBack('clicks', click)).rejects.toThrow('2025-03')
    await expect(take('usage_events', [event('e2')])).rejects.toThrow('2025-03')
    await expect(putBack('usage_events', [event('e1')])).rejects.toThrow('2025-03')
  })

  test('may refer from a detached month, which nobody can see', async () => {
    await detach('clicks')
    await expect(take('campaigns', [{ campaign_id: 11 }])).rejects.toThrow('clicks of 2025-03')
    await expect(take('coupons', [{ coupon_id: 5 }])).rejects.toMatchObject({ errors: [{ value: '5' }] })
  })

  test('belong, once they come again, to whom their owner belongs now', async () => {
    await take('clicks', click)
    await take('usage_events', [event('e1')])
    for (const name of ['campaigns', 'organizations'])
      await bring(
        database,
        name,
        (program[name] ?? []).map((row) => ({ ...row, partner_id: 'p2' })),
      )
    await putBack('clicks', click)
    await putBack('usage_events', [event('e1')])
    const owners = [...(await rowsIn(database, 'clicks')), ...(await rowsIn(database, 'usage_events'))]
    expect(owners.map(({ partner_id }) => partner_id)).toEqual(['p2', 'p2', 'p2'])
  })
})
