import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations } from '../../db/migrations/index.ts'
import { startApp } from '../../worker/app/app.ts'
import { readConfig } from '../../worker/config/config.ts'
import { type Connections, openConnections } from '../../worker/runtime/connections.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertCommission, insertPartner } from '../support/factories.ts'
import { until } from '../support/until.ts'

let database: TestDatabase
let home: string
let connections: Connections

beforeEach(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-upgrade-'))
})
afterEach(async () => {
  await connections?.closers.close()
  await database.close()
  await rm(home, { recursive: true, force: true })
})

const ADMIN_TOKEN = 'an admin token of this test'.replaceAll(' ', '-')

/** What the next version's migrations may do: add. */
async function addEverywhere(): Promise<void> {
  const { rows } = await database.pool.query(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not relispartition and relname <> 'bursar_migrations'`,
  )
  const columns = rows.map(({ name }) => `alter table ${name} add column of_the_next_version text default 'new';`)
  await database.pool.query(`${columns.join('\n')}
    create table of_the_next_version (account_id int not null, id uuid not null, primary key (account_id, id));
    insert into bursar_migrations values ('9999-next-version', now())`)
}

test('the version before goes on, ready, on a schema to which the next one has added', async () => {
  const env = { DATABASE_URL: database.url, BURSAR_HOME: home, PORT: '0', ADMIN_TOKEN, SECRET: ADMIN_TOKEN }
  connections = await openConnections(
    readConfig({ ...env, ROLES: 'http,worker' }),
    pino({ level: 'silent' }),
    () => new Date(),
  )
  await insertPartner(database.db, { partner_id: 'anna' })
  const { address } = await startApp(connections)
  await addEverywhere()

  await insertCommission(database.db, { partner_id: 'anna', earned_at: '2025-03-05T12:00:00Z' })
  expect((await fetch(`${address}/health/ready`)).status).toBe(200)
  const call = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body && { 'content-type': 'application/json' }) }
    const asked = await fetch(`${address}/admin/api${path}`, {
      headers,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    return (await asked.json()) as { id: string; status: string; finished_at: string | null }
  }
  const { id } = await call('/runs', { report: 'monthly-summary', period: '2025-03' })
  const run = await until(async () => {
    const found = await call(`/runs/${id}`)
    return found.finished_at && found
  }, 'the run ends')
  expect(run).toMatchObject({ status: 'succeeded', deliveries: { sent: 1 } })
})

/** Tables made anew under their old names: who reads goes on, the version before can import no more; CHANGELOG says so. */
const REBUILDS = ['0009-months', '0012-usage-ids']

test('migrations add and never take away, so that two versions can work side by side', () => {
  const takes =
    /\bdrop\s+(table|column|schema|function)|\brename\b|\balter\s+column\b|\btruncate\b|\bset\s+not\s+null\b/i
  const demands = /\badd\s+column\s+(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/i
  const breaks = (sql: string) => takes.test(sql) || demands.test(sql)
  const found = migrations.filter(({ sql }) => breaks(sql.replace(/--.*$/gm, '')))
  expect(found.map(({ name }) => name)).toEqual(REBUILDS)
})
