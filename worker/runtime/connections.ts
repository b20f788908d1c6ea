import { join } from 'node:path'
import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations, SchemaMigrationRequiredError } from 'bullmq'
import type pg from 'pg'
import type { Logger } from 'pino'
import { type Client, openClient } from '../../db/connection/client.ts'
import { explainingRights, migrate } from '../../db/connection/migrate.ts'
import { assertOwnSessions } from '../../db/connection/pooling.ts'
import { openEmbedded } from '../../db/embedded/open.ts'
import { ensureFirstAccount } from '../../db/facts/accounts.ts'
import { ensureSchedules } from '../../db/ledger/schedules.ts'
import { reports, scheduleDefaults } from '../../jobs/index.ts'
import type { Config } from '../config/config.ts'
import { type Closers, createClosers } from '../flow/closers.ts'
import { takeStock } from '../run/zone-rules.ts'
import { openDiskStorage } from '../storage/disk.ts'
import { openS3Storage } from '../storage/s3.ts'
import type { Storage } from '../storage/storage.ts'
import { type LedgerClock, openLedgerClock } from './ledger-clock.ts'

/** What every command stands on: the database with its schema up to date, the files, the clock. */
export interface Connections {
  readonly config: Config
  readonly log: Logger
  readonly clock: () => Date
  readonly ledgerClock: LedgerClock
  readonly databaseUrl: string
  readonly client: Client
  readonly storage: Storage
  readonly closers: Closers
}

/** Opens the embedded database or the one of `DATABASE_URL`, brings its schema up to date and makes sure of account 1. */
export async function openConnections(config: Config, log: Logger, machine: () => Date): Promise<Connections> {
  const closers = createClosers((err) => log.warn({ err }, 'closing failed'))
  try {
    const databaseUrl = config.databaseUrl ?? (await embedded(config, closers))
    const client = openClient(databaseUrl, { max: config.sessions.ledger })
    closers.add(client.close)
    if (config.databaseUrl) await assertOwnSessions(client.pool)
    const ledgerClock = await openLedgerClock(client.pool, machine, log)
    const clock = ledgerClock.now
    await migrateAll(client.pool, clock())
    await ensureFirstAccount(client.db, clock(), scheduleDefaults)
    await ensureSchedules(client.db, scheduleDefaults, clock())
    await takeStock(client.db, log)
    return { config, log, clock, ledgerClock, databaseUrl, client, storage: openStorage(config, clock), closers }
  } catch (error) {
    await closers.close()
    throw error
  }
}

async function embedded(config: Config, closers: Closers): Promise<string> {
  const server = await openEmbedded(config.home)
  closers.add(server.close)
  return server.url
}

/** Our schema and the queue's, whichever queue is in use: a later change of `REDIS_URL` needs nothing else. */
export async function migrateAll(pool: pg.Pool, now: Date): Promise<void> {
  await migrate(pool, now)
  const client = await pool.connect()
  try {
    await explainingRights(client, () => migrateQueue(client))
  } finally {
    client.release()
  }
}

/** Only where there is something to do: BullMQ's own asks for the right to make a schema each time. */
async function migrateQueue(client: pg.PoolClient): Promise<void> {
  const version = await assertSchemaCompatibility(client).catch((error: unknown) => {
    if (error instanceof SchemaMigrationRequiredError) return 0
    throw error
  })
  if (version < LATEST_SCHEMA_VERSION) await runMigrations(client)
}

function openStorage({ storage, home }: Config, clock: () => Date): Storage {
  return storage.kind === 'file' ? openDiskStorage(storage.dir) : openS3Storage(storage, join(home, 'spool'), clock)
}

export const reportMap = new Map(reports.map((report) => [report.name, report]))
