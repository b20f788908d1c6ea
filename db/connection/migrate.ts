import type pg from 'pg'
import { migrations } from '../migrations/index.ts'

/** The database was brought up to date by a newer Bursar than this one; nothing was changed. */
export class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase'
  readonly unknown: readonly string[]

  constructor(unknown: readonly string[]) {
    super(
      `the database is of a newer version: it has migration ${unknown.join(', ')}, this program ends at ${migrations.at(-1)?.name}; install the newer version`,
    )
    this.unknown = unknown
  }
}

/** The role of `DATABASE_URL` may not make what a migration makes; nothing was changed. */
export class MissingRights extends Error {
  override readonly name = 'MissingRights'

  constructor(role: string, database: string, cause: Error) {
    super(
      `the role "${role}" may not bring the schema of "${database}" up to date: ${cause.message}; let an owner of the database run ` +
        `"bursar migrate", or say, as a superuser in that database:\n` +
        `  create role bursar_tenant nologin noinherit nobypassrls;  -- unless it is there\n` +
        `  grant bursar_tenant to "${role}";\n` +
        `  grant create, temporary on database "${database}" to "${role}";\n` +
        `  grant usage, create on schema public to "${role}";`,
      { cause },
    )
  }
}

/** Throws MissingRights in the place of what PostgreSQL says to a role that may not do something. */
export async function explainingRights<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    const { rows } = await client.query<{ role: string; database: string }>(
      'select current_user as role, current_database() as database',
    )
    throw new MissingRights(rows[0]?.role ?? '', rows[0]?.database ?? '', error as Error)
  }
}

/**
 * Brings the schema up to date and gives the names applied now, all of them or none. Safe from several processes at
 * once: the others wait, then find nothing to do. Throws NewerDatabase.
 */
export async function migrate(pool: pg.Pool, now: Date): Promise<string[]> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level read committed')
    const applied = await applyPending(client, now)
    await client.query('commit')
    client.release()
    return applied
  } catch (error) {
    const lost = await client.query('rollback').then(
      () => undefined,
      (reason: Error) => reason,
    )
    return await explainingRights(client, () => Promise.reject(error)).finally(() => client.release(lost))
  }
}

/**
 * Names of the migrations that this program has and the database has not. What a newer program has added does not count:
 * while one takes the place of the other, the older goes on with its work.
 */
export async function pendingMigrations(pool: pg.Pool): Promise<string[]> {
  return missingFrom((await hasMigrations(pool)) ? await listApplied(pool) : []).map(({ name }) => name)
}

async function hasMigrations(connection: pg.Pool | pg.PoolClient): Promise<boolean> {
  const { rows } = await connection.query<{ there: boolean }>(
    `select to_regclass('bursar_migrations') is not null as there`,
  )
  return rows[0]?.there === true
}

async function applyPending(client: pg.PoolClient, now: Date): Promise<string[]> {
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  // `if not exists` would ask for the right to make it even where it is there.
  if (!(await hasMigrations(client)))
    await client.query('create table bursar_migrations (name text primary key, applied_at timestamptz not null)')
  const pending = pendingAfter(await listApplied(client))
  for (const { name, sql } of pending) {
    await client.query(sql)
    await client.query('insert into bursar_migrations values ($1, $2)', [name, now])
  }
  return pending.map(({ name }) => name)
}

/** Any number will do as long as it never changes: old and new versions must wait for each other. */
const MIGRATION_LOCK = 5_219_846_301

async function listApplied(connection: pg.Pool | pg.PoolClient): Promise<string[]> {
  const { rows } = await connection.query<{ name: string }>('select name from bursar_migrations order by name')
  return rows.map(({ name }) => name)
}

function pendingAfter(applied: readonly string[]) {
  const unknown = applied.filter((name) => !migrations.some((known) => known.name === name))
  if (unknown.length > 0) throw new NewerDatabase(unknown)
  return missingFrom(applied)
}

const missingFrom = (applied: readonly string[]) => migrations.filter(({ name }) => !applied.includes(name))
