import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, NewerDatabase, pendingMigrations } from '../../db/migrate.ts'
import { migrations } from '../../db/migrations/index.ts'
import { bareDatabase, type TestDatabase } from '../support/database.ts'

const names = migrations.map(({ name }) => name)
const now = new Date('2026-11-20T12:00:00Z')
let database: TestDatabase

beforeEach(async () => {
  database = await bareDatabase()
})
afterEach(() => database.close())

test('an empty database gets every migration once, in order, with the instant', async () => {
  expect(await pendingMigrations(database.pool)).toEqual(names)
  expect(await migrate(database.pool, now)).toEqual(names)
  expect(await migrate(database.pool, now)).toEqual([])
  expect(await pendingMigrations(database.pool)).toEqual([])
  const { rows } = await database.pool.query('select name, applied_at from bursar_migrations order by name')
  expect(rows).toEqual(names.map((name) => ({ name, applied_at: now })))
})

test('six at once: one applies, the others find nothing to do', async () => {
  const applied = await Promise.all(Array.from({ length: 6 }, () => migrate(database.pool, now)))
  expect(applied.flat()).toEqual(names)
})

test('a database of a newer version is refused by name and left alone', async () => {
  await migrate(database.pool, now)
  await database.pool.query(
    `insert into bursar_migrations values ('9999-future', now()); delete from bursar_migrations where name = '${names[0]}'`,
  )
  await expect(migrate(database.pool, now)).rejects.toThrow(NewerDatabase)
  await expect(migrate(database.pool, now)).rejects.toThrow('9999-future')
  const { rows } = await database.pool.query('select count(*)::int as n from bursar_migrations')
  expect(rows).toEqual([{ n: names.length }])
})

test('a migration that fails leaves nothing behind', async () => {
  await database.pool.query('create table partners (mine int)')
  await expect(migrate(database.pool, now)).rejects.toThrow('"partners" already exists')
  expect(await pendingMigrations(database.pool)).toEqual(names)
  const { rows } = await database.pool.query(
    `select to_regclass('accounts') as accounts, to_regclass('bursar_migrations') as log`,
  )
  expect(rows).toEqual([{ accounts: null, log: null }])
})
