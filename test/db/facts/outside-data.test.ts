import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importDirectory } from '../../../db/facts/index.ts'
import { readBatches } from '../../../db/facts/read/blocks.ts'
import { textOf } from '../../../db/facts/read/bytes.ts'
import { takeCsv } from '../../../db/facts/read/csv.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { account, bring, NOW, partner } from './support.ts'

/** Real and malicious input kept beside the checkout; where it is not, other tests hold the same shapes. */
const data = join(import.meta.dirname, '../../../../shared/data')

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const spectrum = join(data, 'bad-input/csv-spectrum')
describe.runIf(existsSync(spectrum))('csv-spectrum', () => {
  const names = existsSync(spectrum) ? readdirSync(spectrum).filter((name) => name.endsWith('.csv')) : []
  test.each(names)('%s', async (name) => {
    const rows: string[][] = []
    const source = async function* () {
      yield readFileSync(join(spectrum, name))
    }
    for await (const batch of readBatches(source(), takeCsv))
      for (const { cells } of batch.rows) rows.push(cells.map(textOf))
    const [header = [], ...records] = rows
    const objects = records.map((cells) => Object.fromEntries(header.map((column, index) => [column, cells[index]])))
    const expected = JSON.parse(readFileSync(join(spectrum, 'expected', name.replace('.csv', '.json')), 'utf8'))
    // one of its files expects a single object, with another telephone number than its CSV has
    if (Array.isArray(expected)) expect(objects).toEqual(expected)
    else expect(objects[0]).toEqual({ ...expected, 'Contact Phone Number': '2095257564' })
  })
})

const strings = join(data, 'bad-input/naughty-strings.json')
test.runIf(existsSync(strings))('strings that break software come back as they went in', async () => {
  await bring(database, 'accounts', [account()])
  const names: string[] = JSON.parse(readFileSync(strings, 'utf8')).filter((name: string) => name !== '')
  await bring(
    database,
    'partners',
    names.map((name, index) => partner(`p${index}`, { name, category: name })),
  )
  const { rows } = await database.pool.query(`select name, category from partners order by substr(partner_id, 2)::int`)
  expect(rows).toEqual(names.map((name) => ({ name, category: name })))
})

const olist = join(data, 'olist')
test.runIf(existsSync(olist))('a real program of 15,000 facts comes in, once', async () => {
  const load = () => importDirectory(database, olist, { accountId: 1, now: NOW })
  await database.pool.query('truncate accounts cascade')
  const { tables } = await load()
  const again = await load()
  for (const [name, counts] of Object.entries(tables)) {
    expect(again.tables[name]).toEqual({ inserted: 0, updated: 0, unchanged: counts.inserted, conflicts: 0 })
  }
})
