import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openClient } from '../../../db/connection/client.ts'
import { findRun, openRun } from '../../../db/ledger/runs/runs.ts'
import { parsePeriod } from '../../../jobs/calendar/period.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import { retryRun } from '../../../worker/actions/control-run.ts'
import { computeRun } from '../../../worker/run/compute.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { tally } from '../../support/tally-report.ts'

/** What a role or a database may have set against sessions that take long. */
const clock = () => new Date('2026-11-01T06:00:00Z')
let database: TestDatabase
let runtime: TestRuntime
/** Said to the database within the snapshot, while the transaction that seals lies idle. */
let meanwhile: string
beforeEach(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  const { partner_id } = await insertPartner(database.db)
  await insertCommission(database.db, { partner_id, amount: 1, earned_at: '2026-10-05T12:00:00Z' })
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const dawdling: ReportDefinition = {
  ...tally,
  async *statements(context) {
    await sql.raw(meanwhile).execute(context.db)
    yield* tally.statements(context)
  },
}

const PERIOD = parsePeriod('2026-10', 'UTC')
const WANTED = { accountId: 1, report: 'tally', period: PERIOD, asOf: PERIOD.to, mail: false, trigger: 'http' } as const
const statusOf = async (id: string) => findRun(database.db, id)

test('limits that are shorter than a computation do not end it', async () => {
  const name = sql.id(new URL(database.url).pathname.slice(1))
  const known = await sql<{
    name: string
  }>`select name from pg_settings where name in ('statement_timeout', 'lock_timeout',
    'idle_in_transaction_session_timeout', 'transaction_timeout')`.execute(database.db)
  for (const { name: limit } of known.rows)
    await sql`alter database ${name} set ${sql.raw(limit)} = '250ms'`.execute(database.db)
  const limited = openClient(database.url)
  runtime = await openTestRuntime(limited.db, [dawdling], { clock })
  meanwhile = 'select pg_sleep(0.5)'
  const { run } = await openRun(limited.db, WANTED, clock())
  await computeRun(runtime.context, { accountId: 1, runId: run.id })
  expect(await statusOf(run.id)).toMatchObject({ error: null, cut_off: 0 })
  expect((await statusOf(run.id))?.status).not.toBe('computing')
  await limited.close()
})

test('a computation that is cut off each time fails with the reason, and may be retried', async () => {
  runtime = await openTestRuntime(database.db, [dawdling], {
    clock,
    queue: { add: async () => {}, close: async () => {} },
  })
  meanwhile = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'`
  const { run } = await openRun(database.db, WANTED, clock())
  const compute = () => computeRun(runtime.context, { accountId: 1, runId: run.id })
  for (let times = 1; times <= 4; times++) {
    await expect(compute()).rejects.toThrow(/terminat/)
    expect(await statusOf(run.id)).toMatchObject({ status: 'computing', cut_off: times })
  }
  await compute()
  expect(await statusOf(run.id)).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(
      /^cut off by the database 5 times in a row \(terminating connection due to administrator/,
    ),
  })
  meanwhile = 'select 1'
  await retryRun(runtime.context, run.id)
  await compute()
  expect(await statusOf(run.id)).toMatchObject({ status: 'rendering', cut_off: 0 })
})
