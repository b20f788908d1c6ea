import { existsSync, readFileSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inSnapshot } from '../../../db/connection/client.ts'
import { copyCsv } from '../../../db/connection/copy.ts'
import { CsvRecords } from '../../../db/connection/copy-records.ts'
import { collector } from '../../support/collector.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const copied = async (query: ReturnType<typeof sql>) => {
  const { sink, bytes } = collector()
  const { rows } = await inSnapshot(database.db, (snapshot) => copyCsv(snapshot, query.compile(snapshot), sink))
  return { rows, text: bytes().toString('utf8') }
}

describe('copyCsv', () => {
  test('BOM, header, CRLF; parameters of every kind go in as what they are', async () => {
    const nasty = `it's "quoted", $1 \\ ; drop table x;--`
    const { rows, text } = await copied(
      sql`select ${nasty}::text as "Nasty", ${12}::int as n, ${new Date(0)}::timestamptz at time zone 'UTC' as t,
        ${null}::text as nothing, ${['a', "b'c"]}::text[] as list, cardinality(${[]}::text[]) as none`,
    )
    expect(rows).toBe(1)
    expect(text).toBe(
      `\ufeffNasty,n,t,nothing,list,none\r\n"it's ""quoted"", $1 \\ ; drop table x;--",12,1970-01-01 00:00:00,,"{a,b'c}",0\r\n`,
    )
  })

  test('naughty strings come back as they were', async () => {
    const file = new URL('../../../shared/data/bad-input/naughty-strings.json', import.meta.url)
    const strings: string[] = existsSync(file)
      ? JSON.parse(readFileSync(file, 'utf8'))
      : ['a\nb', 'a\r\nb', '"', '""', ',', '\\.', ' ', '田中さん', '\u202e', '\n']
    const { rows, text } = await copied(
      sql`select t, 1 as one from unnest(${strings}::text[]) with ordinality u(t, n) order by n`,
    )
    expect(rows).toBe(strings.length)
    expect(parse(text, { bom: true, record_delimiter: '\r\n', from: 2 }).map(([cell]: string[]) => cell)).toEqual(
      strings,
    )
  })

  test('a failing query rejects and leaves the transaction to end as any other', async () => {
    const { sink } = collector()
    await expect(
      inSnapshot(database.db, (snapshot) =>
        copyCsv(snapshot, sql`select 1 / (n - 5000) from generate_series(1, 9000) n`.compile(snapshot), sink),
      ),
    ).rejects.toThrow('division by zero')
    expect(sink.destroyed).toBe(true)
    await expect(copied(sql`select 1 as one`)).resolves.toMatchObject({ rows: 1 })
  })

  const million = sql`select n, repeat('x', 100) as text from generate_series(1, 1000000) n`
  const fullDisk = () =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('disk full'))
      },
    })

  test('a sink that fails: the rest is read away, the connection stays whole', async () => {
    await inSnapshot(database.db, async (snapshot) => {
      await expect(copyCsv(snapshot, million.compile(snapshot), fullDisk())).rejects.toThrow('disk full')
      expect((await sql<{ n: number }>`select 1 as n`.execute(snapshot)).rows).toEqual([{ n: 1 }])
    })
  })

  test('a reader that hangs up: the connection is dropped, the pool opens another', async () => {
    const failing = inSnapshot(database.db, (snapshot) =>
      copyCsv(snapshot, million.compile(snapshot), fullDisk(), { onFailure: 'disconnect' }),
    )
    await expect(failing).rejects.toThrow()
    await expect(copied(sql`select 1 as one`)).resolves.toMatchObject({ rows: 1 })
    expect(database.pool.waitingCount).toBe(0)
  })

  test('only inside a transaction', async () => {
    const { sink } = collector()
    await expect(copyCsv(database.db, sql`select 1`.compile(database.db), sink)).rejects.toThrow(TypeError)
  })
})

test('record ends are found however the bytes are cut', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', ',', 'é') })
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1 }),
      fc.integer({ min: 1, max: 7 }),
      async (rows, size) => {
        const bytes = (end: string) => Buffer.from(rows.map((row) => row.map(quoted).join(',') + end).join(''))
        const written = bytes('\n')
        const pieces = Array.from({ length: Math.ceil(written.length / size) }, (_, i) =>
          written.subarray(i * size, (i + 1) * size),
        )
        const { sink, bytes: read } = collector()
        const records = new CsvRecords()
        await pipeline(Readable.from(pieces), records, sink)
        expect(read().subarray(3)).toEqual(bytes('\r\n'))
        expect(records.count).toBe(rows.length)
      },
    ),
  )
})
