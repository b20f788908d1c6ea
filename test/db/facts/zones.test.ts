import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { ImportError } from '../../../db/facts/faults.ts'
import { importFile } from '../../../db/facts/index.ts'
import { parsePeriod, placeOf } from '../../../jobs/calendar/period.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { account, csv, NOW, partner, rowsIn } from './support.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.close())

const bring = async (table: string, row: Record<string, unknown>) => {
  const source = Readable.from([Buffer.from(csv([row]))])
  const { tables } = await importFile(database, { table, source, accountId: 1, now: NOW })
  return tables[table]
}
const SAME = { inserted: 0, updated: 0, unchanged: 1 }
const warsaw = (more = {}) => account({ timezone: 'Europe/Warsaw', ...more })
const newYork = (more = {}) => account({ timezone: 'America/New_York', ...more })
const anna = partner('anna', { created_at: '2026-10-05' })
const found = async () => (await findAccount(database.db, 1)) as Account
const november = async () => {
  const { from, to } = parsePeriod('2026-11', placeOf(await found()))
  return [from, to].map((instant) => instant.toISOString())
}

describe('another time zone', () => {
  test('of an account without facts is its zone from the beginning', async () => {
    await bring('accounts', warsaw())
    await bring('accounts', newYork())
    expect(await found()).toMatchObject({ timeZone: 'America/New_York' })
    expect((await found()).calendar).toBeUndefined()
  })

  test('is in force from the day of the import; the same files again change nothing', async () => {
    await bring('accounts', warsaw())
    await bring('partners', anna)
    const before = await rowsIn(database, 'partners')
    expect(await bring('accounts', newYork())).toMatchObject({ updated: 1 })
    expect(await november()).toEqual(['2026-10-31T23:00:00.000Z', '2026-12-01T05:00:00.000Z'])
    expect(await bring('accounts', newYork())).toMatchObject(SAME)
    expect(await bring('partners', anna)).toMatchObject(SAME)
    expect(await rowsIn(database, 'partners')).toEqual(before)
    expect(await rowsIn(database, 'former_time_zones')).toEqual([
      { account_id: 1, until: '2026-11-20', zone: 'Europe/Warsaw' },
    ])
  })

  test('is in force from timezone_from where the file says so, before or after the import', async () => {
    await bring('accounts', warsaw())
    await bring('partners', anna)
    for (const timezone_from of ['2026-12-01', '2026-11-01']) {
      expect(await bring('accounts', newYork({ timezone_from }))).toMatchObject({ updated: 1 })
      expect(await bring('accounts', newYork({ timezone_from }))).toMatchObject(SAME)
      expect(await bring('accounts', newYork({ timezone_from: '' }))).toMatchObject(SAME)
    }
    expect(await november()).toEqual(['2026-11-01T04:00:00.000Z', '2026-12-01T05:00:00.000Z'])
  })

  test('and back again leaves a history that tiles', async () => {
    await bring('accounts', warsaw())
    await bring('partners', anna)
    await bring('accounts', newYork({ timezone_from: '2026-09-01' }))
    await bring('accounts', warsaw({ timezone_from: '2026-11-01' }))
    expect(await november()).toEqual(['2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z'])
    const october = parsePeriod('2026-10', placeOf(await found()))
    expect([october.timeZone, october.from.toISOString()]).toEqual(['America/New_York', '2026-10-01T04:00:00.000Z'])
    await bring('accounts', warsaw({ timezone_from: '2026-08-01' }))
    expect(await rowsIn(database, 'former_time_zones')).toEqual([])
  })

  test('never reaches back over what is sealed', async () => {
    await bring('accounts', warsaw())
    await bring('partners', anna)
    await database.pool.query(`insert into period_boundaries (account_id, local_date, instant, time_zone, run_id, by_rules)
      values (1, '2026-12-01', '2026-11-30T23:00:00Z', 'Europe/Warsaw', gen_random_uuid(), '2026-11-30T23:00:00Z')`)
    const refused = async (row: Record<string, unknown>) => {
      const error = await bring('accounts', row).catch((error: unknown) => error)
      return (
        error instanceof ImportError && error.errors.map(({ column, value, expected }) => ({ column, value, expected }))
      )
    }
    const sealed = 'a date from 2026-12-01 on: the periods up to there are sealed in Europe/Warsaw'
    expect(await refused(newYork({ timezone_from: '2026-11-30' }))).toEqual([
      { column: 'timezone_from', value: '2026-11-30', expected: sealed },
    ])
    expect(await refused(newYork())).toEqual([
      {
        column: 'timezone',
        value: 'America/New_York',
        expected: `Europe/Warsaw, or in the column timezone_from ${sealed}`,
      },
    ])
    expect(await found()).toMatchObject({ timeZone: 'Europe/Warsaw' })

    await bring('accounts', newYork({ timezone_from: '2026-12-01' }))
    const december = parsePeriod('2026-12', placeOf(await found()))
    expect(december.from.toISOString()).toBe('2026-11-30T23:00:00.000Z') // the seam is the boundary that is sealed
    expect(await november()).toEqual(['2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z'])
  })
})
