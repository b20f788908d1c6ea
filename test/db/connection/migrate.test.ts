import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, NewerDatabase, pendingMigrations } from '../../../db/connection/migrate.ts'
import { migrations } from '../../../db/migrations/index.ts'
import { bareDatabase, type TestDatabase } from '../../support/database.ts'

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

test('facts that were there before months were made are all there after, behind the same walls', async () => {
  const until = names.indexOf('0009-months')
  const before = migrations.slice(0, until)
  await database.pool.query('create table bursar_migrations (name text primary key, applied_at timestamptz not null)')
  for (const { sql } of before) await database.pool.query(sql)
  await database.pool.query(`
    insert into bursar_migrations select name, now() from unnest('{${before.map(({ name }) => name)}}'::text[]) name;
    insert into clicks (account_id, campaign_id, occurred_at, partner_id)
      select 1 + i % 2, i, '1999-06-01Z'::timestamptz + i * interval '10 days', 'anna' from generate_series(1, 300) i;
    insert into commissions (account_id, commission_id, partner_id, kind, program, product, amount, currency, is_foreign,
        earned_at, available_at)
      select 1, 'c' || i, 'p' || i % 3, 'commission', 'affiliate', 'chat', i, 'USD', false,
        '2024-12-31 23:59:59.999999Z'::timestamptz + i * interval '5 days', now() from generate_series(0, 200) i;
    insert into usage_events (account_id, event_id, organization_id, partner_id, kind, quantity, occurred_at, received_at)
      select 1, 'e' || i, 'o', 'anna', 'call', 0.5, '2025-01-01Z'::timestamptz + i * interval '7 days', now()
      from generate_series(1, 100) i`)
  const all = async (sql: string) => (await database.pool.query(sql)).rows
  const contents = async () => {
    const tables = ['clicks', 'commissions', 'usage_events']
    return Promise.all(tables.map((table) => all(`select * from ${table} order by account_id, 2, 3`)))
  }
  const walls = () =>
    all(
      `select tablename, policyname, roles, cmd, qual, with_check from pg_policies where tablename in ('clicks', 'commissions', 'usage_events') order by 1, 2`,
    )
  const grants = () =>
    all(
      `select table_name, privilege_type from information_schema.role_table_grants
        where grantee = 'bursar_tenant' and table_name in ('clicks', 'commissions', 'usage_events') order by 1, 2`,
    )
  const indexes = () =>
    all(`select i.relname, i.relname like '%pkey' or x.indisvalid as valid from pg_index x join pg_class i on i.oid = x.indexrelid
      where x.indrelid in ('clicks'::regclass, 'commissions'::regclass, 'usage_events'::regclass) order by 1`)
  const found = { contents: await contents(), walls: await walls(), grants: await grants(), indexes: await indexes() }

  expect(await migrate(database.pool, now)).toEqual(names.slice(until))
  expect({
    contents: await contents(),
    walls: await walls(),
    grants: await grants(),
    indexes: await indexes(),
  }).toEqual({ ...found, indexes: expect.arrayContaining(found.indexes) }) // later migrations add some
  const keys = (columns: string, table: string) => all(`select account_id, ${columns} from ${table} order by 1, 2`)
  expect(await keys('commission_id, earned_at', 'commission_keys')).toEqual(
    await keys('commission_id, earned_at', 'commissions'),
  )
  expect(await keys('event_id, occurred_at', 'usage_event_keys')).toEqual(
    await keys('event_id, occurred_at', 'usage_events'),
  )
  const parts = await all(`select count(*)::int as n from pg_inherits where inhparent = 'commissions'::regclass`)
  expect(parts).toEqual([{ n: 2 + 34 }]) // past, future, and 2024-12 to 2027-09
})

test('months are made only when nobody of the version before is at work on facts', async () => {
  const until = names.indexOf('0009-months')
  for (const { sql } of migrations.slice(0, until)) await database.pool.query(sql)
  await database.pool.query(`
    create table bursar_migrations (name text primary key, applied_at timestamptz not null);
    insert into bursar_migrations select name, now() from unnest('{${names.slice(0, until)}}'::text[]) name;
    insert into workers (id, host, pid) values (gen_random_uuid(), 'here', 1);
    insert into clicks (account_id, campaign_id, occurred_at, partner_id) values (1, 1, now(), 'anna')`)
  await expect(migrate(database.pool, now)).rejects.toThrow('stop every process of the version before')
  expect(await pendingMigrations(database.pool)).toEqual(names.slice(until))
  await database.pool.query(`update workers set seen_at = seen_at - interval '1 minute'`)
  expect(await migrate(database.pool, now)).toEqual(names.slice(until))
})

test('requests made over HTTP before they had a space of their own are told by what only they could have', async () => {
  const until = names.indexOf('0011-made-here')
  for (const { sql } of migrations.slice(0, until)) await database.pool.query(sql)
  await database.pool.query(`
    create table bursar_migrations (name text primary key, applied_at timestamptz not null);
    insert into bursar_migrations select name, now() from unnest('{${names.slice(0, until)}}'::text[]) name;
    insert into withdrawals (account_id, withdrawal_id, partner_id, amount, currency, is_foreign, status, requested_at, invoice_id, paypal)
    values
      (1, 1000000001, 'a/b', 1, 'USD', false, 'paid', '2025-12-31T23:59:59.999Z', '2025/1/a/b', 'x'),
      (1, 1700000000002, 'p', 1, 'USD', false, 'pending', '2026-11-20T05:00:00.123Z', '2026/2/p', 'x'),
      (1, 1000000000, 'p', 1, 'USD', false, 'paid', '2026-11-20T05:00:00.123Z', '2026/2/p', 'x'),
      (1, 1700000000003, 'p', 1, 'USD', false, 'paid', '2026-11-20T05:00:00Z', '2026/3/p', 'x'),
      (1, 1700000000004, 'p', 1, 'USD', false, 'paid', '2026-11-20T05:00:00.123Z', '2025/4/p', 'x'),
      (1, 1700000000005, 'p', 1, 'USD', false, 'paid', '2026-11-20T05:00:00.123Z', '2026/5/q', 'x'),
      (1, 1700000000006, 'p', 1, 'USD', false, 'paid', '2026-11-20T05:00:00.123Z', null, 'x'),
      (1, 1700000000007, 'p', 1, 'USD', false, 'paid', '2026-11-20T05:00:00.123Z', '2026/6/p', null)`)
  await migrate(database.pool, now)
  const { rows } = await database.pool.query('select withdrawal_id from withdrawals where made_here order by 1')
  expect(rows.map((row) => row.withdrawal_id)).toEqual(['1000000001', '1700000000002'])
})

test('events of another organisation that were taken for conflicts become events', async () => {
  const until = names.indexOf('0012-usage-ids')
  for (const { sql } of migrations.slice(0, until)) await database.pool.query(sql)
  const event = (id: string, at: string) => `(1, '${id}', 'o1', 'p1', 'call', 5, '${at}', '${at}')`
  const conflict = (id: string, hash: string, organization: string, quantity: number, received: string) =>
    `(1, '${id}', '${hash}', '${organization}', 'of ${organization}', 'call', ${quantity}, '2026-10-06Z', '${received}')`
  await database.pool.query(`
    create table bursar_migrations (name text primary key, applied_at timestamptz not null);
    insert into bursar_migrations select name, now() from unnest('{${names.slice(0, until)}}'::text[]) name;
    select make_months('usage_events', '{2026-09-01,2026-10-01}');
    insert into usage_events values ${event('away', '2026-09-05Z')}, ${event('e', '2026-10-05Z')}, ${event('f', '2026-10-05Z')};
    insert into usage_event_keys select account_id, event_id, occurred_at from usage_events;
    insert into usage_event_conflicts (account_id, event_id, payload_hash, organization_id, partner_id, kind, quantity, occurred_at, received_at)
    values
      ${conflict('e', 'a', 'o2', 41, '2026-10-08Z')},
      ${conflict('e', 'b', 'o2', 40, '2026-10-07Z')},
      ${conflict('e', 'c', 'o1', 6, '2026-10-07Z')},
      ${conflict('away', 'd', 'o2', 7, '2026-10-07Z')};
    select detach_month('usage_events', '2026-09')`)
  expect(await migrate(database.pool, now)).toEqual(names.slice(until))
  const all = async (columns: string, table: string) => {
    const { rows } = await database.pool.query(`select ${columns} from ${table} order by event_id, organization_id`)
    return rows.map((row) => Object.values(row))
  }
  const events = 'event_id, organization_id, partner_id, quantity::int'
  expect(await all(events, 'usage_events')).toEqual([
    ['away', 'o2', 'of o2', 7],
    ['e', 'o1', 'p1', 5],
    ['e', 'o2', 'of o2', 40], // what was received first
    ['f', 'o1', 'p1', 5],
  ])
  expect(await all(events, 'usage_event_conflicts')).toEqual([
    ['e', 'o1', 'of o1', 6],
    ['e', 'o2', 'of o2', 41],
  ])
  expect(await all('event_id, organization_id', 'usage_event_keys')).toEqual([
    ['away', 'o1'],
    ['away', 'o2'],
    ['e', 'o1'],
    ['e', 'o2'],
    ['f', 'o1'],
  ])
  await database.pool.query(`select attach_month('usage_events', '2026-09')`)
  expect(await all('event_id', 'usage_events')).toHaveLength(5)
})
