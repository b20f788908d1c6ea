import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findAccount } from '../../../db/access/accounts.ts'
import { asTenant, inSnapshot, openClient } from '../../../db/connection/client.ts'
import { importFile } from '../../../db/facts/index.ts'
import { monthlySummaries } from '../../../db/queries/monthly-summary.ts'
import { reconcileUsage } from '../../../db/queries/usage-reconciliation.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCampaign, insertOrganization, insertPartner } from '../../support/factories.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await freshDatabase()
  for (const account_id of [1, 2]) {
    await insertAccount(database.db, { account_id })
    await insertPartner(database.db, { account_id, partner_id: 'anna' })
  }
  await insertCampaign(database.db, { partner_id: 'anna', campaign_id: 7 })
  await insertOrganization(database.db, { partner_id: 'anna', organization_id: 'org' })
})
afterEach(() => database.close())

const bring = async (table: string, rows: readonly string[], accountId = 1) => {
  const source = Readable.from([Buffer.from(`${[HEADS[table], ...rows].join('\n')}\n`)])
  const { tables } = await importFile(database, { table, source, accountId, now: new Date('2026-11-20T12:00:00Z') })
  return tables[table]
}
const HEADS: Readonly<Record<string, string>> = {
  campaigns: 'campaign_id,partner_id,product,name,created_at',
  organizations: 'organization_id,partner_id,name,status,created_at',
  commissions: 'commission_id,partner_id,kind,program,product,amount,earned_at',
  clicks: 'campaign_id,occurred_at,clicks',
  usage_events: 'event_id,organization_id,kind,quantity,occurred_at',
}
const earned = (id: string, at: string, amount = '1.00') => `${id},anna,commission,affiliate,chat,${amount},${at}`

const rows = async <Row>(sql: string): Promise<Row[]> => (await database.pool.query(sql)).rows as Row[]
const places = (table: string, id: string) =>
  rows<{ id: string; part: string }>(
    `select ${id}::text as id, tableoid::regclass::text as part from ${table} order by 1`,
  )

describe('an import', () => {
  test('puts each row into the part of its month of UTC, and makes what is missing', async () => {
    const last = '2025-02-28T23:59:59.999999Z'
    await bring('commissions', [
      earned('a', last),
      earned('b', '2025-03-01T00:00:00Z'),
      earned('c', '2025-03-01T00:30:00+01:00'),
    ])
    expect(await places('commissions', 'commission_id')).toEqual([
      { id: 'a', part: 'commissions_2025_02' },
      { id: 'b', part: 'commissions_2025_03' },
      { id: 'c', part: 'commissions_2025_02' },
    ])
  })

  test('makes no tables of dates that nobody means', async () => {
    await bring('commissions', [earned('old', '1970-01-01T00:00:00Z'), earned('far', '2100-01-01T00:00:00Z')])
    expect(await places('commissions', 'commission_id')).toEqual([
      { id: 'far', part: 'commissions_future' },
      { id: 'old', part: 'commissions_past' },
    ])
  })

  test('moves an entry that was dated anew, and keeps it one', async () => {
    await bring('commissions', [earned('a', '2025-02-10T00:00:00Z'), earned('b', '2025-02-11T00:00:00Z')])
    const later = [earned('a', '2025-05-10T00:00:00Z'), earned('b', '2025-02-11T00:00:00Z')]
    expect(await bring('commissions', later)).toMatchObject({ inserted: 0, updated: 1, unchanged: 1 })
    expect(await bring('commissions', later)).toMatchObject({ inserted: 0, updated: 0, unchanged: 2 })
    expect(await places('commissions', 'commission_id')).toEqual([
      { id: 'a', part: 'commissions_2025_05' },
      { id: 'b', part: 'commissions_2025_02' },
    ])
  })

  test('tells an event of the same id in another month as a conflict', async () => {
    await bring('usage_events', ['e,org,call,1,2025-02-10T00:00:00Z'])
    expect(await bring('usage_events', ['e,org,call,1,2025-03-10T00:00:00Z'])).toMatchObject({
      inserted: 0,
      conflicts: 1,
    })
    expect(await places('usage_events', 'event_id')).toEqual([{ id: 'e', part: 'usage_events_2025_02' }])
  })

  test('keeps every entry’s key, with its month, and none of another', async () => {
    await bring('commissions', [earned('a', '2025-02-10T00:00:00Z'), earned('b', '2025-03-11T00:00:00Z')])
    await bring('commissions', [earned('b', '2025-04-11T00:00:00Z'), earned('c', '2025-03-11T00:00:00Z')])
    await bring('commissions', [earned('a', '2025-02-10T00:00:00Z')], 2)
    const columns = 'account_id, commission_id, earned_at'
    const keys = await rows(`select ${columns} from commission_keys order by 1, 2`)
    expect(keys).toHaveLength(4)
    expect(keys).toEqual(await rows(`select ${columns} from commissions order by 1, 2`))
  })

  test('that is refused makes no month', async () => {
    await expect(bring('commissions', [earned('a', '2025-02-10T00:00:00Z'), earned('b', 'soon')])).rejects.toThrow()
    expect(await rows(`select to_regclass('commissions_2025_02') as part`)).toEqual([{ part: null }])
  })

  test('makes a month at the same time as another, for two accounts', async () => {
    const entries = Array.from({ length: 50 }, (_, i) => earned(`c${i}`, `2025-0${1 + (i % 9)}-05T00:00:00Z`))
    await Promise.all([1, 2, 1, 2].map((accountId) => bring('commissions', entries, accountId)))
    expect(await rows('select account_id, count(*)::int as n from commissions group by 1 order by 1')).toEqual([
      { account_id: 1, n: 50 },
      { account_id: 2, n: 50 },
    ])
  })

  test('that makes a month waits for no reader, and no reader for it', async () => {
    await bring('commissions', [earned('a', '2025-02-10T00:00:00Z')])
    const [reader, importer] = await Promise.all([database.pool.connect(), database.pool.connect()])
    try {
      await reader.query('begin isolation level repeatable read; select sum(amount) from commissions')
      await importer.query(`begin; set local lock_timeout = '2s'; select make_months('commissions', '{2025-03-01}')`)
      await reader.query(`set local lock_timeout = '2s'`)
      expect((await reader.query('select count(*)::int as n from commissions')).rows).toEqual([{ n: 1 }])
      await importer.query('commit')
      expect((await reader.query('select count(*)::int as n from commissions')).rows).toEqual([{ n: 1 }])
    } finally {
      reader.release(true)
      importer.release(true)
    }
  })
})

test('an entry that was deleted by hand is new when it comes in again', async () => {
  await bring('commissions', [earned('a', '2025-02-10T00:00:00Z'), earned('b', '2025-03-10T00:00:00Z')])
  await database.pool.query(`delete from commissions where commission_id = 'a'`)
  const again = [earned('a', '2025-04-10T00:00:00Z'), earned('b', '2025-03-10T00:00:00Z')]
  expect(await bring('commissions', again)).toMatchObject({ inserted: 1, updated: 0, unchanged: 1 })
  expect(await places('commissions', 'commission_id')).toEqual([
    { id: 'a', part: 'commissions_2025_04' },
    { id: 'b', part: 'commissions_2025_03' },
  ])
})

test('a few clicks of one month are looked for in that month’s part only', async () => {
  const months = Array.from({ length: 12 }, (_, i) => `7,2024-${String(i + 1).padStart(2, '0')}-05T00:00:00Z,1`)
  await bring('clicks', months)
  await database.pool.query('analyze')
  const seen: { part: string }[][] = []
  const fresh = openClient(database.url) // a connection counts what it did before as well
  await importFile(fresh, {
    table: 'clicks',
    source: Readable.from([Buffer.from(`${HEADS.clicks}\n7,2024-06-06T00:00:00Z,1\n7,2024-06-05T00:00:00Z,1\n`)]),
    accountId: 1,
    now: new Date('2026-11-20T12:00:00Z'),
    alongside: async (writer) => {
      const { rows: found } = await sql<{ part: string }>`select relname as part from pg_stat_xact_user_tables
        where relname like 'clicks_2024%' and coalesce(seq_scan, 0) + coalesce(idx_scan, 0) > 0 order by 1`.execute(
        writer,
      )
      seen.push(found)
    },
  })
  await fresh.close()
  expect(seen).toEqual([[{ part: 'clicks_2024_06' }]])
})

test('a question about a month reads the part of that month and no other', async () => {
  await bring(
    'commissions',
    ['01', '02', '03', '04'].map((month) => earned(month, `2025-${month}-10T00:00:00Z`)),
  )
  const { rows: plan } = await database.pool.query(
    'explain select sum(amount) from commissions where account_id = $1 and earned_at >= $2 and earned_at < $3',
    [1, new Date('2025-02-01T00:00:00Z'), new Date('2025-03-01T00:00:00Z')],
  )
  const parts = plan.flatMap(
    (line) => line['QUERY PLAN'].match(/commissions_\w+?(?=_account|_earned|_pkey| |$)/g) ?? [],
  )
  expect([...new Set(parts)]).toEqual(['commissions_2025_02'])
})

test('a tenant sees its own rows through the whole, and no part of it', async () => {
  await insertPartner(database.db, { partner_id: 'bert' })
  await bring('commissions', [
    earned('a', '2025-02-10T00:00:00Z'),
    earned('b', '2025-02-11T00:00:00Z').replace('anna', 'bert'),
  ])
  const seen = (partnerId: string) =>
    asTenant(database.db, { accountId: 1, partnerId }, (scope) =>
      scope.selectFrom('commissions').select('commission_id').execute(),
    )
  expect(await seen('anna')).toEqual([{ commission_id: 'a' }])
  expect(await seen('bert')).toEqual([{ commission_id: 'b' }])
  for (const part of ['commissions_2025_02', 'commissions_past', 'commission_keys', 'usage_event_keys'])
    await expect(
      asTenant(database.db, { accountId: 1, partnerId: 'anna' }, (scope) =>
        scope
          .selectFrom(part as 'commissions')
          .selectAll()
          .execute(),
      ),
    ).rejects.toThrow('permission denied')
  const unwalled = await rows(
    `select c.relname from pg_class c where c.relispartition and c.relkind = 'r' and not c.relrowsecurity`,
  )
  expect(unwalled).toEqual([])
})

describe('a detached month', () => {
  const february = { from: new Date('2025-02-01T00:00:00Z'), to: new Date('2025-03-01T00:00:00Z') }
  const march = { from: february.to, to: new Date('2025-04-01T00:00:00Z') }
  const week = { from: new Date('2025-02-24T00:00:00Z'), to: new Date('2025-03-03T00:00:00Z') }

  beforeEach(async () => {
    await bring('clicks', ['7,2025-02-10T00:00:00Z,5', '7,2025-03-10T00:00:00Z,8'])
    await bring('usage_events', ['e,org,call,1,2025-02-10T00:00:00Z', 'f,org,call,2,2025-03-10T00:00:00Z'])
    await database.pool.query(`select detach_month('clicks', '2025-02'), detach_month('usage_events', '2025-02')`)
  })
  const account = async () =>
    (await findAccount(database.db, 1)) as NonNullable<Awaited<ReturnType<typeof findAccount>>>
  const clicksIn = async (period: typeof march) => {
    const spans = {
      period,
      previous: { from: new Date('2025-01-01T00:00:00Z'), to: period.from },
      months: [],
      asOf: period.to,
    }
    return (await monthlySummaries(database.db, await account(), spans))('anna').clicks
  }
  const usedIn = async (period: typeof march) =>
    (
      await reconcileUsage(database.db, await account(), {
        ...period,
        days: { first: '2025-02-01', last: '2025-02-28' },
      })
    )[0]?.quantity

  test('is a table of its own, and its facts are in no figure of the others', async () => {
    expect(await rows('select clicks::int from clicks_2025_02')).toEqual([{ clicks: 5 }])
    expect(await clicksIn(march)).toBe(8)
    expect(await usedIn(march)).toBe('2')
  })

  test('stops a report that would need it, and says so', async () => {
    await expect(clicksIn(february)).rejects.toThrow(`clicks of 2025-02 were detached`)
    await expect(usedIn(february)).rejects.toThrow(`usage_events of 2025-02 were detached`)
    await expect(usedIn(week)).rejects.toThrow(`usage_events of 2025-02 were detached`)
  })

  test('takes no more facts, and no other word about one that it holds', async () => {
    await expect(bring('clicks', ['7,2025-02-11T00:00:00Z,5'])).rejects.toThrow('clicks of 2025-02 were detached')
    await expect(bring('usage_events', ['g,org,call,1,2025-02-11T00:00:00Z'])).rejects.toThrow('were detached')
    await expect(bring('usage_events', ['e,org,call,9,2025-04-10T00:00:00Z'])).rejects.toThrow('were detached')
    expect(await bring('usage_events', ['h,org,call,9,2025-04-10T00:00:00Z'])).toMatchObject({ inserted: 1 })
  })

  test('is whole again once it is attached', async () => {
    await database.pool.query(`select attach_month('clicks', '2025-02'), attach_month('usage_events', '2025-02')`)
    expect(await clicksIn(february)).toBe(5)
    expect(await usedIn(february)).toBe('1')
    expect(await bring('clicks', ['7,2025-02-11T00:00:00Z,5'])).toMatchObject({ inserted: 1 })
  })

  test('belongs to whom its campaign or organisation went to meanwhile', async () => {
    await insertPartner(database.db, { partner_id: 'bert' })
    await bring('campaigns', ['7,bert,chat,Seven,2020-01-01T00:00:00Z'])
    await bring('organizations', ['org,bert,Org,active,2020-01-01T00:00:00Z'])
    await database.pool.query(`select attach_month('clicks', '2025-02'), attach_month('usage_events', '2025-02')`)
    for (const table of ['clicks', 'usage_events'])
      expect(await rows(`select distinct partner_id from ${table}`)).toEqual([{ partner_id: 'bert' }])
  })

  test('comes back with the events that it had, or not', async () => {
    await database.pool.query(`update usage_events_2025_02 set occurred_at = '2025-02-20Z'`)
    await expect(database.pool.query(`select attach_month('usage_events', '2025-02')`)).rejects.toThrow(
      'not those that were detached',
    )
  })

  test('comes back from before ids were an organisation’s, with its keys', async () => {
    await database.pool.query(`
      alter table usage_events_2025_02 drop constraint usage_events_2025_02_pkey, add primary key (account_id, event_id, occurred_at);
      delete from usage_event_keys where event_id = 'e'`)
    await database.pool.query(`select attach_month('usage_events', '2025-02')`)
    expect(await usedIn(february)).toBe('1')
    expect(await bring('usage_events', ['e,org,call,1,2025-02-10T00:00:00Z'])).toMatchObject({ unchanged: 1 })
  })

  test('is not taken out from under a report', async () => {
    const other = await database.pool.connect()
    const counted = await inSnapshot(database.db, async (snapshot) => {
      await other.query(`set lock_timeout = '200ms'`)
      await expect(other.query(`select detach_month('clicks', '2025-03')`)).rejects.toThrow('lock timeout')
      const { rows: found } = await sql<{ n: number }>`select count(*)::int as n from clicks`.execute(snapshot)
      return found[0]?.n
    })
    expect(counted).toBe(1)
    await other.query(`select detach_month('clicks', '2025-03')`)
    other.release(true)
  })

  test('is never one of commissions: every balance is the sum of them all', async () => {
    await bring('commissions', [earned('a', '2025-02-10T00:00:00Z')])
    await expect(database.pool.query(`select detach_month('commissions', '2025-02')`)).rejects.toThrow(
      'cannot be detached',
    )
    expect(await places('commissions', 'commission_id')).toHaveLength(1)
  })
})
