import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../../db/access/keys.ts'
import type { Database } from '../../../db/connection/client.ts'
import { ensureSchedules } from '../../../db/ledger/schedules.ts'
import { scheduleDefaults } from '../../../jobs/index.ts'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement } from '../../support/ledger.ts'
import { type Admin, call, openAdmin } from '../http/admin/open.ts'
import { openPage, type Page, signIn } from '../http/page/open.ts'
import { NOW } from '../http/serve.ts'

/** A change does not stand without its entry in the audit log: each is tried while the log takes nothing, then again. */
const TABLES = ['runs', 'statements', 'deliveries', 'schedules', 'watermarks', 'suppressions', 'api_keys', 'sessions']

async function everythingIn(db: Database) {
  const all = TABLES.map((table) => sql`select * from ${sql.table(table)} order by 1, 2, 3`.execute(db))
  return (await Promise.all(all)).map(({ rows }) => rows)
}

/** `change` says whether it was done. */
async function holdsTo(db: Database, change: () => Promise<boolean>, action: string) {
  const before = await everythingIn(db)
  await sql`alter table audit_log add constraint full_up check (false) not valid`.execute(db)
  const done = await change().finally(() => sql`alter table audit_log drop constraint full_up`.execute(db))
  expect([done, await everythingIn(db)]).toEqual([false, before])
  expect(await change()).toBe(true)
  expect(await everythingIn(db)).not.toEqual(before)
  const last = await db.selectFrom('audit_log').select('action').orderBy('id', 'desc').limit(1).executeTakeFirst()
  expect(last).toEqual({ action })
}

/** A run that is open, one that has failed, a mail of it, and an address that gets none. */
async function insertLedger(db: Database) {
  await ensureSchedules(db, scheduleDefaults, NOW)
  const open = await insertRun(db)
  const failed = await insertRun(db, { status: 'partial' })
  const statement = await insertStatement(db, { run_id: failed.id })
  const delivery = await insertDelivery(db, { run_id: failed.id, statement_id: statement.id, status: 'failed' })
  await db.insertInto('suppressions').values({ address: 'gone@x.test', reply: '550 no', created_at: NOW }).execute()
  return { open: open.id, failed: failed.id, delivery: delivery.id }
}
type Ledger = Awaited<ReturnType<typeof insertLedger>>

describe('over HTTP', () => {
  let admin: Admin
  let ledger: Ledger
  beforeAll(async () => {
    admin = await openAdmin()
    ledger = await insertLedger(admin.db)
  })
  afterAll(() => admin.close())

  it.each<[action: string, method: string, path: (ledger: Ledger) => string, body?: object]>([
    ['run.request', 'POST', () => '/runs', { report: 'tally', period: '2026-09' }],
    ['run.cancel', 'POST', ({ open }) => `/runs/${open}/cancel`],
    ['delivery.resend', 'POST', ({ delivery }) => `/deliveries/${delivery}/resend`],
    ['run.retry', 'POST', ({ failed }) => `/runs/${failed}/retry`],
    ['schedule.update', 'PUT', () => '/schedules/monthly-summary', { cron: '15 7 2 * *' }],
    ['watermark.set', 'PUT', () => '/watermarks/commissions', { complete_through: '2026-11-01' }],
    ['suppression.delete', 'DELETE', () => '/suppressions/gone%40x.test'],
  ])('%s', async (action, method, path, body) => {
    const ask = () => call(admin, method, `/admin/api${path(ledger)}`, body ? { body } : {})
    await holdsTo(admin.db, async () => (await ask()).status < 500, action)
  })
})

describe('on the page', () => {
  let page: Page
  let ledger: Ledger
  let me: Awaited<ReturnType<typeof signIn>>
  beforeAll(async () => {
    page = await openPage()
    ledger = await insertLedger(page.db)
    me = await signIn(page)
  })
  afterAll(() => page.close())

  it.each<[action: string, path: (ledger: Ledger) => string, fields: Record<string, string>]>([
    ['run.cancel', ({ open }) => `/runs/${open}/cancel`, {}],
    ['schedule.update', () => '/schedules/1/monthly-summary', { was: '{"cron":""}', cron: '15 7 2 * *' }],
    ['suppression.delete', () => '/suppressions/delete', { address: 'gone@x.test' }],
    ['session.close', () => '/logout', {}],
  ])('%s', async (action, path, fields) => {
    await holdsTo(page.db, async () => (await me.post(`/admin${path(ledger)}`, fields)).status === 303, action)
  })

  it('session.open', () => holdsTo(page.db, async () => (await signIn(page)).status === 303, 'session.open'))
})

describe('from the command line', () => {
  let database: TestDatabase
  let folder: string
  let ids: Ledger & { readonly key: number; readonly file: string }
  beforeAll(async () => {
    database = await freshDatabase()
    await insertAccount(database.db)
    const { id: key } = await createKey(database.db, { kind: 'admin', label: 'old', now: NOW })
    folder = await mkdtemp(join(tmpdir(), 'bursar-audited-'))
    const file = join(folder, 'funnels.csv')
    await writeFile(file, 'funnel_id,name\n1,Sales\n')
    ids = { ...(await insertLedger(database.db)), key, file }
    await bursar(['reports']) // the queue's schema
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await database.close()
  })

  const bursar = (args: readonly string[]) => {
    const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })
    return runCommandLine([...args], {
      env: { DATABASE_URL: database.url, BURSAR_HOME: folder, SECRET: 'a-secret-of-this-test', LOG_LEVEL: 'fatal' },
      stdout: nowhere(),
      stderr: nowhere(),
      clock: () => NOW,
      stopping: AbortSignal.abort(), // it waits for no end
    })
  }

  it.each<[action: string, args: (ids: Ledger & { key: number; file: string }) => string[]]>([
    ['run.request', () => ['run', 'license-export', '--period', '2026-10', '--no-mail']],
    ['run.cancel', ({ open }) => ['cancel', open]],
    ['delivery.resend', ({ delivery }) => ['resend', delivery]],
    ['run.retry', ({ failed }) => ['retry', failed]],
    ['schedule.update', () => ['schedule', 'set', 'monthly-summary', '--disable']],
    ['token.create', () => ['token', 'create', '--label', 'new', '--admin']],
    ['token.revoke', ({ key }) => ['token', 'revoke', String(key)]],
    ['watermark.set', ({ file }) => ['import', 'funnels', file, '--complete-through', '2026-11-01T00:00:00Z']],
  ])('%s', async (action, args) => {
    // Not by its exit status: a run that nobody waited for has not succeeded, but it was asked for.
    const logged = () => database.db.selectFrom('audit_log').select('id').execute()
    await holdsTo(
      database.db,
      async () => {
        const before = (await logged()).length
        await bursar(args(ids))
        return (await logged()).length > before
      },
      action,
    )
  })
})
