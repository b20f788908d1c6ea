import {
  CompiledQuery,
  type ControlledTransaction,
  Kysely,
  PostgresDialect,
  type PostgresPoolClient,
  type Transaction,
} from 'kysely'
import pg from 'pg'
import type { Schema } from '../schema.ts'

/** A handle on the whole database, for the worker's own doings (ledger, import). */
export type Database = Kysely<Schema>

/** A transaction: what is said through it happens together or not at all. */
export type Writer = Transaction<Schema>

/** A read-only repeatable-read transaction: one instant of the facts. `queries` take either this or a tenant's scope. */
export type Snapshot = Kysely<Schema>

export interface Client {
  readonly db: Database
  readonly pool: pg.Pool
  readonly close: () => Promise<void>
}

/** Opens a pool; nothing connects before the first query. bigint and numeric arrive as strings, dates as `YYYY-MM-DD`. */
export function openClient(url: string, { max = 10, name = 'bursar' }: { max?: number; name?: string } = {}): Client {
  const types = { getTypeParser: typeParser } as pg.CustomTypesConfig
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    types,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    onConnect: sayItOurWay,
  })
  pool.on('error', () => {}) // an idle connection lost; the next query opens another
  pool.on('connect', rememberLoss)
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  const close = async () => {
    await db.destroy()
    if (!pool.ending) await pool.end() // kysely ends it only where it has asked something itself
  }
  return { db, pool, close }
}

/**
 * A connection that is lost while nothing is asked of it tells why once, to nobody, and to the next who asks only that it is
 * lost. Unheard it would end the process; here it is told to whoever asks next.
 */
function rememberLoss(client: pg.PoolClient): void {
  let first: Error | undefined
  client.on('error', (reason) => {
    first ??= reason // the server's own words come before the end of the line
    client.query = (() => Promise.reject(first)) as typeof client.query
  })
}

/** A database, or its user, may have defaults of its own; in words, for PgBouncer takes no startup options. */
async function sayItOurWay(client: pg.ClientBase): Promise<void> {
  await client.query(`set datestyle = 'ISO'; set timezone = 'UTC'; ${READ_COMMITTED}`)
}

/** What asks for more says so itself; under anything stricter claims and settlements of many fail each other. */
const READ_COMMITTED = `set default_transaction_isolation = 'read committed'`

/**
 * Sessions for the queue's backend, which finds its tables by the search path. What a crash of the server takes of the queue
 * the sweeper puts back from the ledger: no job is worth waiting for a disk. All delayed jobs that are due become so in one
 * statement, which a limit meant for short questions would stop each time anew.
 */
export function openQueuePool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'bursar-queue',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    onConnect: async (client) => {
      await client.query(
        `set search_path = bullmq; set synchronous_commit = off; set statement_timeout = '60s'; ${READ_COMMITTED}`,
      )
    },
  })
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

const DATE = 1082
const typeParser = ((oid: number, format?: 'text') =>
  oid === DATE
    ? (text: string) => text
    : pg.types.getTypeParser(oid, format ?? 'text')) as typeof pg.types.getTypeParser

/** Does `work` in the transaction that `db` is in already, else in one of its own. */
export function inTransaction<T>(db: Database, work: (writer: Writer) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db as Writer) : db.transaction().execute(work)
}

/** Begins a transaction on a connection that has to do what kysely cannot, COPY. Whoever lends it takes it back. */
export function beginOn(connection: pg.PoolClient): Promise<ControlledTransaction<Schema>> {
  const lent = { query: connection.query.bind(connection), release: () => {} } as PostgresPoolClient
  const pool = { connect: async () => lent, end: async () => {} }
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return db.startTransaction().setIsolationLevel('read committed').execute().then(withoutLimits)
}

/**
 * Lifts, for this transaction, the limits that a role or database may have set for short ones: how long a statement may
 * take and wait, and how long a transaction may lie idle. In words that take no snapshot: it may be that of a report.
 */
export async function withoutLimits<T extends Writer>(transaction: T): Promise<T> {
  await transaction.executeQuery(
    CompiledQuery.raw(
      'set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0',
    ),
  )
  return transaction
}

/** PostgreSQL 17 limits whole transactions too; those before do not know the setting. */
async function withoutEnd(transaction: Writer): Promise<void> {
  await transaction.executeQuery(
    CompiledQuery.raw(
      `select set_config('transaction_timeout', '0', true) where current_setting('transaction_timeout', true) is not null`,
    ),
  )
}

/**
 * Runs `read` in one read-only repeatable-read transaction; everything it reads is of one instant. The tables in parts are
 * held before that instant: which parts they have is not of a snapshot, and none may be taken out on the way.
 */
export function inSnapshot<T>(db: Database, read: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      await withoutLimits(transaction)
      await transaction.executeQuery(
        CompiledQuery.raw('lock table only clicks, only commissions, only usage_events in access share mode'),
      )
      await withoutEnd(transaction)
      return read(transaction)
    })
}

/** Does work that takes as long as it takes, in one transaction. */
export function inLongTransaction<T>(db: Database, work: (writer: Writer) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (writer) => {
    await withoutEnd(await withoutLimits(writer))
    return work(writer)
  })
}

/** Whose eyes a request reads with (docs/data-api.md, Keys and walls). Without `partnerId`: the whole account. */
export interface Tenant {
  readonly accountId: number
  readonly partnerId?: string
}

/**
 * Runs `work` as the role without bypass, inside the tenant's walls: rows of others do not exist for it.
 * `readOnly`: everything it reads is of one instant, and it can write nothing.
 */
export function asTenant<T>(
  db: Database,
  tenant: Tenant,
  work: (scope: Writer) => Promise<T>,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<T> {
  const transaction = db.transaction()
  const begun = readOnly ? transaction.setIsolationLevel('repeatable read').setAccessMode('read only') : transaction
  return begun.execute(async (scope) => {
    await scope.executeQuery(
      CompiledQuery.raw(
        `select set_config('role', 'bursar_tenant', true), set_config('app.account_id', $1, true), set_config('app.partner_id', $2, true)`,
        [String(tenant.accountId), tenant.partnerId ?? ''],
      ),
    )
    return work(scope)
  })
}
