import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ImportError,
  importDirectory,
  importFile,
  TABLE_NAMES,
  UnknownAccount,
  UnknownTable,
} from '../../../db/facts/index.ts'
import { listWatermarks, setWatermark } from '../../../db/facts/watermarks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { program, ROWS } from './program.ts'
import { account, bring, commission, csv, NOW, ndjson, partner, rowsIn } from './support.ts'

let database: TestDatabase
let directory: string

beforeEach(async () => {
  database = await freshDatabase()
  directory = await mkdtemp(join(tmpdir(), 'facts-'))
})

afterEach(async () => {
  await database.close()
  await rm(directory, { recursive: true })
})

const write = (name: string, content: string) => writeFile(join(directory, name), content)
const writeProgram = (tables = program) =>
  Promise.all(Object.entries(tables).map(([name, rows]) => write(`${name}.csv`, csv(rows))))
const load = () => importDirectory(database, directory, { accountId: 1, now: NOW })

const everything = async () =>
  Object.fromEntries(await Promise.all(TABLE_NAMES.map(async (name) => [name, await rowsIn(database, name)])))

describe('a directory', () => {
  test('brings every table in, whatever the order of the files', async () => {
    await writeProgram()
    const { tables } = await load()
    const inserted = Object.entries(tables).map(([name, counts]) => [name, counts.inserted])
    expect(Object.fromEntries(inserted)).toEqual(ROWS)
    expect(Object.keys(tables)).toEqual(TABLE_NAMES)
  })

  test('changes nothing when it is imported again', async () => {
    await writeProgram()
    await load()
    const before = await everything()
    const { tables } = await load()
    for (const [name, counts] of Object.entries(tables)) {
      expect([name, counts]).toEqual([name, { inserted: 0, updated: 0, unchanged: ROWS[name], conflicts: 0 }])
    }
    expect(await everything()).toEqual(before)
  })

  test('says the same as NDJSON', async () => {
    await writeProgram()
    await load()
    await rm(directory, { recursive: true })
    directory = await mkdtemp(join(tmpdir(), 'facts-'))
    for (const [name, rows] of Object.entries(program)) await write(`${name}.ndjson`, ndjson(rows))
    const { tables } = await load()
    for (const [name, counts] of Object.entries(tables)) expect([name, counts.unchanged]).toEqual([name, ROWS[name]])
  })

  test('passes over files that name no table, and names them', async () => {
    await write('accounts.csv', csv([account()]))
    await write('README.md', '# Facts')
    await write('partners.txt', 'x')
    const skipped: string[] = []
    const options = { accountId: 1, now: NOW, onSkippedFile: (name: string) => skipped.push(name) }
    await importDirectory(database, directory, options)
    expect(skipped).toEqual(['README.md', 'partners.txt'])
  })

  test('is all or nothing: a bad row in the last file leaves the first out too', async () => {
    await writeProgram({ ...program, fx_rates: [{ currency: 'EUR', date: '2025-03-09', rate: 'x' }] })
    await expect(load()).rejects.toMatchObject({
      errorCount: 1,
      errors: [{ file: 'fx_rates.csv', line: 2, column: 'rate', value: 'x' }],
    })
    expect(Object.values(await everything()).flat()).toEqual([])
  })

  test('names the faults of every file, but not the echo of a fault in what a file refers to', async () => {
    await writeProgram({
      ...program,
      partners: [partner('p1', { type: 'x' }), partner('p2')],
      agents: [{ agent_id: 'x', name: 'Ada' }],
    })
    const error = await load().catch((reason: ImportError) => reason)
    expect(error).toBeInstanceOf(ImportError)
    expect((error as ImportError).errors.map(({ file, line, column }) => [file, line, column])).toEqual([
      ['partners.csv', 2, 'type'],
      ['agents.csv', 2, 'agent_id'],
    ])
  })
})

describe('a file', () => {
  test('is refused without its account', async () => {
    await expect(bring(database, 'agents', [{ agent_id: 1, name: 'Ada' }])).rejects.toThrow(UnknownAccount)
  })

  test('is refused for a table that does not exist', async () => {
    await expect(
      importFile(database, { table: 'pg_class', source: Readable.from([]), accountId: 1, now: NOW }),
    ).rejects.toThrow(UnknownTable)
  })

  test('is read from a path, CSV or NDJSON by its ending', async () => {
    await bring(database, 'accounts', [account()])
    await write('a.csv', csv([partner('p1')]))
    await write('b.ndjson', ndjson([partner('p2')]))
    for (const name of ['a.csv', 'b.ndjson']) {
      await importFile(database, { table: 'partners', source: join(directory, name), accountId: 1, now: NOW })
    }
    expect((await rowsIn(database, 'partners')).map((row) => row.partner_id)).toEqual(['p1', 'p2'])
  })

  test('updates what differs and counts the rest as unchanged', async () => {
    await bring(database, 'accounts', [account()])
    await bring(database, 'partners', [partner('p1'), partner('p2')])
    const counts = await bring(database, 'partners', [partner('p1'), partner('p2', { name: 'New' }), partner('p3')])
    expect(counts).toEqual({ inserted: 1, updated: 1, unchanged: 1, conflicts: 0, columns: { name: 1 } })
    expect((await rowsIn(database, 'partners')).map((row) => row.name)).toContain('New')
  })

  test('belongs to its account alone', async () => {
    await bring(database, 'accounts', [account(), account({ account_id: 2, currency: 'EUR' })])
    await bring(database, 'partners', [partner('p1')])
    const ours = await rowsIn(database, 'partners')
    await bring(database, 'partners', [partner('p1', { name: 'Theirs' })], { accountId: 2 })
    await expect(bring(database, 'coupons', [{ coupon_id: 1, partner_id: 'p1', label: 'A' }])).resolves.toBeDefined()
    expect((await rowsIn(database, 'partners')).filter((row) => row.account_id === 1)).toEqual(ours)
  })

  test('keeps text exactly', async () => {
    await bring(database, 'accounts', [account()])
    const names = [
      ' x ',
      '\\N',
      '\\.',
      'a\\tb',
      'tab\there',
      'line\r\nend',
      '\u0001\u007f\u0085\u2028',
      '​',
      '=cmd',
      'ﷺ',
      'null',
      '\ufeffx',
      `'); drop table partners; --`,
    ]
    await bring(
      database,
      'partners',
      names.map((name, index) => partner(`p${index}`, { name })),
    )
    const { rows } = await database.pool.query('select name from partners order by length(partner_id), partner_id')
    expect(rows.map((row) => row.name)).toEqual(names)
    const again = await bring(
      database,
      'partners',
      ndjson(names.map((name, index) => partner(`p${index}`, { name }))),
      { format: 'ndjson' },
    )
    expect(again?.unchanged).toBe(names.length)
  })

  test('may refer a known partner to one that comes with it', async () => {
    await bring(database, 'accounts', [account()])
    await bring(database, 'partners', [partner('p1')])
    const counts = await bring(database, 'partners', [partner('p1', { referred_by: 'p2' }), partner('p2')])
    expect(counts).toMatchObject({ inserted: 1, updated: 1 })
  })

  test('that is refused early leaves its stream open for the answer', async () => {
    await bring(database, 'accounts', [account()])
    const source = Readable.from([Buffer.from('colour\n'), Buffer.alloc(300_000, 'x'), Buffer.from('y')])
    const options = { table: 'agents', source, accountId: 1, now: NOW }
    await expect(importFile(database, options)).rejects.toThrow(ImportError)
    expect(source.destroyed).toBe(false)
  })

  test('of any size passes through in bounded memory', async () => {
    await bring(database, 'accounts', [account()])
    await bring(database, 'partners', [partner('p1')])
    let most = 0
    async function* many() {
      yield Buffer.from(csv([commission('first')]))
      const [, row] = csv([commission('~')]).split('\n')
      for (let block = 0; block < 200; block++) {
        most = Math.max(most, process.memoryUsage().rss)
        yield Buffer.from(
          Array.from({ length: 1000 }, (_, index) => `${row?.replace('~', `${block}-${index}`)}\n`).join(''),
        )
      }
    }
    const before = process.memoryUsage().rss
    const options = { table: 'commissions', source: Readable.from(many()), accountId: 1, now: NOW }
    expect((await importFile(database, options)).tables.commissions).toMatchObject({ inserted: 200_001 })
    expect(most - before).toBeLessThan(100 * 1024 * 1024)
  })

  test('comes with what is done alongside, or not at all', async () => {
    await bring(database, 'accounts', [account()])
    const source = () => Readable.from([Buffer.from(csv([partner('p1')]))])
    const through = new Date('2025-04-01T00:00:00Z')
    const bringWith = (then: () => void) =>
      importFile(database, {
        table: 'partners',
        source: source(),
        accountId: 1,
        now: NOW,
        alongside: async (writer, { tables }) => {
          expect(tables.partners).toMatchObject({ inserted: 1 })
          await setWatermark(writer, 1, 'partners', through, NOW)
          then()
        },
      })
    const there = async () => [
      await database.db.selectFrom('partners').select('partner_id').execute(),
      (await listWatermarks(database.db, 1)).map(({ completeThrough }) => completeThrough),
    ]
    const broken = new Error('the audit log is full')
    await expect(
      bringWith(() => {
        throw broken
      }),
    ).rejects.toBe(broken)
    expect(await there()).toEqual([[], []])
    await bringWith(() => {})
    expect(await there()).toEqual([[{ partner_id: 'p1' }], [through]])
  })

  test('may be a header alone', async () => {
    await bring(database, 'accounts', [account()])
    expect(await bring(database, 'agents', 'agent_id,name\n')).toMatchObject({ inserted: 0, unchanged: 0 })
  })

  test('that breaks off keeps nothing, and the connection pool whole', async () => {
    await bring(database, 'accounts', [account()])
    await bring(database, 'partners', [partner('p1')])
    async function* broken() {
      for (let i = 0; i < 40; i++) yield Buffer.from(i ? csv(thousand(i)).slice(HEADER.length) : csv(thousand(i)))
      throw new Error('connection reset')
    }
    const thousand = (part: number) => Array.from({ length: 200 }, (_, row) => commission(`${part}-${row}`))
    const HEADER =
      csv([commission('x')])
        .split('\n', 1)[0]
        ?.concat('\n') ?? ''
    const source = Readable.from(broken())
    await expect(importFile(database, { table: 'commissions', source, accountId: 1, now: NOW })).rejects.toThrow(
      'reset',
    )
    expect(await rowsIn(database, 'commissions')).toEqual([])
    expect(await bring(database, 'commissions', [commission('x')])).toMatchObject({ inserted: 1 })
  })

  test('imported twenty times at once comes in once', async () => {
    await bring(database, 'accounts', [account()])
    const rows = Array.from({ length: 200 }, (_, index) => partner(`p${index}`))
    const counts = await Promise.all(Array.from({ length: 20 }, () => bring(database, 'partners', rows)))
    expect(counts.map((count) => count?.inserted).sort()).toEqual([...Array(19).fill(0), 200])
  })
})
