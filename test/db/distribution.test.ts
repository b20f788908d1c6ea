import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'

/**
 * Every tenant's table can be distributed by `account_id` as it is. Citus demands that the distribution column is
 * in every unique key, and rows of one account meet without crossing machines where it leads every key and join.
 */

/** Tables that are not spread: few rows, or rows of nobody's account. */
const SHARED: Readonly<Record<string, string>> = {
  accounts: 'one row an account, joined and referred to everywhere: a reference table on every node',
  api_keys: 'found by the hash of a key, before anyone knows whose it is; admin keys are of no account',
  audit_log: 'what administrators did, in its order, of all accounts',
  bursar_migrations: 'of the schema itself',
  detached_months: 'of the schema itself',
  idempotency_keys: 'answers to repeated requests, of administrators too, for a day',
  installation: 'what all processes have agreed on: one row',
  sessions: 'of who is signed in on the admin page',
  suppressions: 'an address is refused whoever writes to it',
  workers: 'processes, which work for every account',
  zone_rules: 'what the tz data say of a zone, whichever accounts lie in it',
}

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const names = async (sql: string): Promise<string[]> => (await database.pool.query(sql)).rows.map(({ name }) => name)

const TABLES = `pg_class t join pg_namespace n on n.oid = t.relnamespace
  where n.nspname = 'public' and t.relkind in ('r', 'p') and not t.relispartition`
const notShared = `t.relname not in (${Object.keys(SHARED)
  .map((name) => `'${name}'`)
  .join()})`

test('every table but the shared ones is a tenant’s: account_id is there and never null', async () => {
  const tenantless = await names(`select t.relname as name from ${TABLES} and not exists (
    select from pg_attribute a where a.attrelid = t.oid and a.attname = 'account_id' and a.attnotnull)
    and ${notShared}`)
  expect(tenantless).toEqual([])
  const shared = await names(`select t.relname as name from ${TABLES} and not (${notShared}) order by 1`)
  expect(shared, 'a shared table is gone: take it off the list').toEqual(Object.keys(SHARED))
})

test('account_id leads the primary key and every other unique key', async () => {
  const keyed = await names(`select distinct t.relname as name from ${TABLES} and ${notShared}
    and exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)`)
  const all = await names(`select t.relname as name from ${TABLES} and ${notShared}`)
  expect(keyed.sort()).toEqual(all.sort())
  const wrong = await names(`select i.indexrelid::regclass::text as name
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and i.indisunique and not t.relispartition and ${notShared}
      and (select a.attname from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0])
        is distinct from 'account_id'`)
  expect(wrong).toEqual([])
})

test('references stay inside an account, or lead to its own row', async () => {
  const crossing = await names(`select c.conname as name
    from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and c.contype = 'f' and ${notShared}
      and not ((select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) = 'account_id'
        and (select a.attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) = 'account_id')`)
  expect(crossing).toEqual([])
})

test('no table numbers its rows by a sequence that machines would have to share', async () => {
  const numbered = await names(`select t.relname || '.' || a.attname as name from pg_attribute a
    join pg_class t on t.oid = a.attrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and t.relkind in ('r', 'p') and a.attidentity <> '' and ${notShared}`)
  expect(numbered).toEqual([])
})
