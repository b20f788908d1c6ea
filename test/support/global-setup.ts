import { randomInt } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openClient } from '../../db/connection/client.ts'
import { migrate } from '../../db/connection/migrate.ts'
import { isAlive } from '../../db/embedded/lock-file.ts'
import { openEmbedded } from '../../db/embedded/open.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the databases of this run are made: the server's address and a template that holds the migrated schema. */
    databases: { server: string; prefix: string; template: string }
  }
}

/** One server and one migrated template database for the whole run; `freshDatabase()` clones it. */
export default async function setup(project: TestProject) {
  const server = await openServer()
  const keeper = new pg.Client({ connectionString: server.url })
  await keeper.connect()
  const prefix = await reservePrefix(keeper)
  project.provide('databases', {
    server: server.url,
    prefix,
    template: await createTemplate(keeper, server.url, prefix),
  })
  return async () => {
    await dropDatabases(keeper, prefix)
    await keeper.end()
    await server.close()
  }
}

/** TEST_DATABASE_URL's server, else the embedded one in a home that lasts as long as the run. */
async function openServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, close: async () => {} }
  await sweepKilledRuns()
  const parent = await mkdtemp(join(tmpdir(), `${HOME}${process.pid}-`))
  await chmod(parent, 0o711) // as root the server is another user
  const server = await openEmbedded(join(parent, 'home'), {
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
  })
  const close = async () => {
    await server.close()
    await rm(parent, { recursive: true, force: true })
  }
  return { url: server.url, close }
}

const HOME = 'bursar-test-'

/** A killed run leaves its server behind: who joins it as the only one stops it by leaving. */
async function sweepKilledRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const run = new RegExp(`^${HOME}(\\d+)-`).exec(name)?.[1]
    if (!run || (await isAlive(Number(run)))) continue
    const parent = join(tmpdir(), name)
    const server = await openEmbedded(join(parent, 'home')).catch(() => undefined) // another user's, or half made
    await server?.close()
    await rm(parent, { recursive: true, force: true }).catch(() => {})
  }
}

const RUNS = 94_163

/** A session lock marks the run as alive, so that the next one can drop what a killed one left on a lasting server. */
async function reservePrefix(keeper: pg.Client): Promise<string> {
  const { rows } = await keeper.query<{ run: number }>(
    String.raw`select distinct substring(datname from '^bursar_test_(\d+)_')::int as run from pg_database where datname ~ '^bursar_test_\d+_'`,
  )
  for (const { run } of rows) {
    if (!(await tryLock(keeper, run))) continue
    await dropDatabases(keeper, `bursar_test_${run}_`)
    await keeper.query('select pg_advisory_unlock($1, $2)', [RUNS, run])
  }
  const run = randomInt(2 ** 31)
  await tryLock(keeper, run)
  return `bursar_test_${run}_`
}

async function tryLock(keeper: pg.Client, run: number): Promise<boolean> {
  const { rows } = await keeper.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [RUNS, run])
  return rows[0]?.locked === true
}

async function createTemplate(keeper: pg.Client, server: string, prefix: string): Promise<string> {
  const template = `${prefix}template`
  await keeper.query(`create database ${template}`)
  const url = new URL(server)
  url.pathname = `/${template}`
  const client = openClient(url.href, { max: 1 })
  // Roles belong to the whole server: two runs that migrate at once would trip over each other.
  await keeper.query('select pg_advisory_lock($1, 0)', [RUNS])
  await migrate(client.pool, new Date())
  await keeper.query('select pg_advisory_unlock($1, 0)', [RUNS])
  await client.close()
  return template
}

async function dropDatabases(keeper: pg.Client, prefix: string): Promise<void> {
  const { rows } = await keeper.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  )
  for (const { datname } of rows) await keeper.query(`drop database if exists ${datname} with (force)`)
}
