import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureFirstAccount } from '../../../db/facts/accounts.ts'
import { importFile, UnknownTable } from '../../../db/facts/index.ts'
import { findWatermark, listWatermarks, setWatermark } from '../../../db/facts/watermarks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { account, csv, NOW, rowsIn } from './support.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.close())

const schedules = [
  { report: 'monthly-summary', cron: '0 6 1 * *' },
  { report: 'partner-leaderboard', cron: '0 7 1 * *' },
]

const bringAccounts = (rows: readonly Record<string, unknown>[]) =>
  importFile(database, {
    table: 'accounts',
    source: Readable.from([Buffer.from(csv(rows))]),
    accountId: 1,
    now: NOW,
    schedulesFor: schedules,
  })

describe('schedules', () => {
  test('are made with the account', async () => {
    await bringAccounts([account({ account_id: 3 }), account({ account_id: 7 })])
    const rows = await rowsIn(database, 'schedules')
    expect(rows.map(({ account_id, report }) => `${account_id} ${report}`).sort()).toEqual(
      [3, 7].flatMap((id) => schedules.map(({ report }) => `${id} ${report}`)),
    )
    expect(rows[0]).toMatchObject({ enabled: true, cron: '0 6 1 * *', created_at: '2026-11-20T12:00:00+00:00' })
  })

  test('that an account has already are left alone', async () => {
    await bringAccounts([account()])
    await database.pool.query(`update schedules set enabled = false, cron = '0 5 * * *'`)
    const before = await rowsIn(database, 'schedules')
    await bringAccounts([account({ name: 'Other' })])
    expect(await rowsIn(database, 'schedules')).toEqual(before)
  })
})

describe('reply_to', () => {
  test.each(['partners@northwind.test', 'Partner Team <partners@northwind.test>', '"Team, B2B" <b@northwind.test>'])(
    'takes %s',
    async (reply_to) => {
      await bringAccounts([account({ reply_to })])
      expect(await rowsIn(database, 'accounts')).toMatchObject([{ reply_to }])
    },
  )

  test.each(['the partner team', 'a@x.test, b@x.test', 'Team <nobody>', 'Team\r\nBcc: e@x.test <a@x.test>'])(
    'refuses %j, which no header could carry',
    async (reply_to) => {
      const expected = 'an address as partners@example.com or Partner Team <partners@example.com>, of at most 512 bytes'
      await expect(bringAccounts([account({ reply_to })])).rejects.toMatchObject({
        errors: [{ line: 2, column: 'reply_to', value: reply_to, expected }],
      })
      expect(await rowsIn(database, 'accounts')).toEqual([])
    },
  )
})

describe('a fresh install', () => {
  test('has account 1 with its schedules, made once however many start', async () => {
    await Promise.all([1, 2, 3, 4].map(() => ensureFirstAccount(database.db, NOW, schedules)))
    expect(await rowsIn(database, 'accounts')).toMatchObject([
      {
        account_id: 1,
        name: 'Partner program',
        timezone: 'UTC',
        currency: 'USD',
        locale: 'en-US',
        withdrawal_minimum: 5000,
      },
    ])
    expect(await rowsIn(database, 'schedules')).toHaveLength(2)
  })

  test('with an account of any number is not fresh', async () => {
    await bringAccounts([account({ account_id: 4 })])
    await ensureFirstAccount(database.db, NOW, schedules)
    expect((await rowsIn(database, 'accounts')).map(({ account_id }) => account_id)).toEqual([4])
  })
})

describe('watermarks', () => {
  const [march, april] = [new Date('2025-04-01T00:00:00Z'), new Date('2025-05-01T00:00:00Z')]
  beforeEach(() => ensureFirstAccount(database.db, NOW, []))

  test('are what was said last; what was said before comes back', async () => {
    expect(await setWatermark(database.db, 1, 'commissions', april, NOW)).toBeUndefined()
    expect(await setWatermark(database.db, 1, 'commissions', march, NOW)).toMatchObject({ completeThrough: april })
    expect(await findWatermark(database.db, 1, 'commissions')).toEqual({
      accountId: 1,
      table: 'commissions',
      completeThrough: march,
      setAt: NOW,
    })
  })

  test('are listed by table', async () => {
    await setWatermark(database.db, 1, 'usage_events', april, NOW)
    await setWatermark(database.db, 1, 'commissions', march, NOW)
    const all = await listWatermarks(database.db, 1)
    expect(all.map(({ table }) => table)).toEqual(['commissions', 'usage_events'])
  })

  test('are set for tables of facts only', () => {
    return expect(setWatermark(database.db, 1, 'runs', april, NOW)).rejects.toThrow(UnknownTable)
  })
})
