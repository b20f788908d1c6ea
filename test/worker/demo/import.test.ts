import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, expect, it } from 'vitest'
import { importDirectory } from '../../../db/facts/index.ts'
import { writeSampleProgram } from '../../../worker/demo/program.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const until = new Date('2026-11-20T12:00:00Z')
let database: TestDatabase | undefined
afterAll(() => database?.close())

it('the sample program imports whole, and again without a change', async () => {
  database = await freshDatabase()
  const dir = await mkdtemp(join(tmpdir(), 'sample-'))
  for (const { accountId, dir: folder } of await writeSampleProgram(dir, { until })) {
    const skipped: string[] = []
    const options = { accountId, now: until, onSkippedFile: (name: string) => skipped.push(name) }
    const { tables } = await importDirectory(database, folder, options)
    expect(skipped).toEqual([])
    expect(Object.keys(tables)).toHaveLength(26)
    for (const [table, { inserted }] of Object.entries(tables)) expect(inserted, table).toBeGreaterThan(0)
    const again = await importDirectory(database, folder, options)
    for (const [table, counts] of Object.entries(again.tables))
      expect(counts, table).toMatchObject({ inserted: 0, updated: 0 })
  }
  await rm(dir, { recursive: true })

  const names = await database.db.selectFrom('partners').select('name').where('partner_id', '=', 'comma').execute()
  expect(names).toEqual([{ name: 'Smith, "The Closer", & Sons' }])
  const accounts = await database.db
    .selectFrom('accounts')
    .select(['account_id', 'currency'])
    .orderBy('account_id')
    .execute()
  expect(accounts).toEqual([
    { account_id: 1, currency: 'USD' },
    { account_id: 2, currency: 'JPY' },
  ])
  const conflicts = await sql<{ n: string }>`select count(*) n from usage_event_conflicts`.execute(database.db)
  expect(Number(conflicts.rows[0]?.n)).toBeGreaterThan(0)
})
