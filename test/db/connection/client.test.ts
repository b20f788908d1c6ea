import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, openClient } from '../../../db/connection/client.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let client: Client
beforeAll(async () => {
  database = await freshDatabase()
  const name = sql.id(new URL(database.url).pathname.slice(1))
  for (const setting of ["datestyle = 'German'", "timezone = 'Asia/Kolkata'"]) {
    await sql`alter database ${name} set ${sql.raw(setting)}`.execute(database.db)
  }
  client = openClient(database.url, { max: 1 })
})
afterAll(async () => {
  await client.close()
  await database.close()
})

test('dates and instants arrive the same whatever the database shows them as by default', async () => {
  const { rows } = await sql`select timestamptz '2026-10-05T22:30:00.123Z' as instant, date '2026-10-05' as day,
    timestamptz '2026-10-05T22:30:00Z'::text as shown`.execute(client.db)
  expect(rows).toEqual([
    { instant: new Date('2026-10-05T22:30:00.123Z'), day: '2026-10-05', shown: '2026-10-05 22:30:00+00' },
  ])
})
