import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withoutRow } from '../../../worker/runtime/log.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

test('an error of the database is logged without the row that it was about', async () => {
  const broken = sql`insert into suppressions (address, reply, created_at) values ('ann@partner.example', null, now())`
  const error = await broken.execute(database.db).catch((thrown: Error) => thrown)
  const logged = withoutRow(error as Error)
  expect(JSON.stringify(logged)).not.toContain('partner.example')
  expect(logged).toMatchObject({ code: '23502', table: 'suppressions', message: expect.stringContaining('reply') })
})
