import { sql } from 'kysely'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Client, openClient } from '../../../db/connection/client.ts'
import { migrate } from '../../../db/connection/migrate.ts'
import { findPosition, hasReplayed } from '../../../db/connection/replica.ts'
import { setWatermark } from '../../../db/facts/watermarks.ts'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import { defineReport, type ReportDefinition } from '../../../jobs/report.ts'
import { findRunOrThrow } from '../../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../../worker/actions/request-run.ts'
import { type Reads, readsFrom } from '../../../worker/run/reads.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { openReplicated, type Replicated } from '../../support/standby.ts'
import { tally } from '../../support/tally-report.ts'
import { until } from '../../support/until.ts'

const clock = () => new Date('2026-11-01T06:00:00Z')
const log = pino({ level: 'silent' })
let servers: Replicated
let primary: Client
let replica: Client
let runtime: TestRuntime
/** Set by the report below: where it read. */
let readFromStandby: boolean | undefined

const report: ReportDefinition = defineReport({
  ...tally,
  async *statements(context) {
    const { rows } = await sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`.execute(context.db)
    readFromStandby = rows[0]?.standby
    yield* tally.statements(context)
  },
}) as ReportDefinition

beforeAll(async () => {
  servers = await openReplicated()
  primary = openClient(servers.primaryUrl)
  await migrate(primary.pool, clock())
  await insertAccount(primary.db, { account_id: 1 })
  await insertPartner(primary.db, { partner_id: 'anna' })
})
afterAll(async () => {
  await primary?.close()
  await servers?.close()
})
beforeEach(async () => {
  replica = openClient(servers.replicaUrl)
  runtime = await openTestRuntime(primary.db, [report], { clock, reads: readsFrom(primary.db, replica.db, log) })
  readFromStandby = undefined
})
afterEach(async () => {
  await runtime.close()
  await replica.close()
})

let count = 0
/** A fact that no statement has seen yet, and the run that has to see it. */
async function importAndRun() {
  await insertCommission(primary.db, {
    commission_id: `c-${++count}`,
    partner_id: 'anna',
    amount: 100,
    earned_at: '2026-10-05T12:00:00Z',
  })
  await setWatermark(primary.db, 1, 'commissions', clock(), clock())
  const { run } = await openRequestedRun(runtime.context, {
    report: 'tally',
    period: '2026-10',
    accountId: 1,
    mail: false,
    trigger: 'http',
  })
  const ended = await until(async () => {
    const found = await findRunOrThrow(runtime.context, run.id)
    return !isOpen(found) && found
  }, 'the run ends')
  const [sealed] = await primary.db.selectFrom('statements').select('sealed').where('run_id', '=', run.id).execute()
  return { status: ended.status, lines: JSON.parse(sealed?.sealed ?? 'null')?.figures.lines }
}

describe('a run with a replica', () => {
  it('reads its figures there, and what was imported before it is in them', async () => {
    expect(await importAndRun()).toEqual({ status: 'succeeded', lines: count })
    expect(readFromStandby).toBe(true)
  })

  it('reads the primary while the replica lags behind', async () => {
    await servers.pauseReplay()
    expect(await importAndRun()).toEqual({ status: 'succeeded', lines: count })
    expect(readFromStandby).toBe(false)
    await servers.resumeReplay()
    expect(await importAndRun()).toEqual({ status: 'succeeded', lines: count })
    expect(readFromStandby).toBe(true)
  })

  it('waits a moment for a replica that is about to catch up', async () => {
    await servers.pauseReplay()
    const run = importAndRun()
    await servers.resumeReplay()
    expect(await run).toEqual({ status: 'succeeded', lines: count })
  })

  it('does not take another database, or the primary itself, for its replica', async () => {
    const position = await findPosition(primary.db)
    expect(await hasReplayed(primary.db, position)).toBe(false)
    await until(() => hasReplayed(replica.db, position), 'the replica catches up')
    expect(await hasReplayed(replica.db, { ...position, system: '1' })).toBe(false)
    expect(await hasReplayed(replica.db, { ...position, database: 'other' })).toBe(false)
  })

  it('is done on the primary where the replica goes away in the middle', async () => {
    const seen: boolean[] = []
    const reads: Reads = readsFrom(primary.db, replica.db, log)
    const answer = await reads(async (db) => {
      const { rows } = await sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`.execute(db)
      seen.push(rows[0]?.standby === true)
      if (rows[0]?.standby) await servers.killReplica()
      await sql`select 1`.execute(db)
      return 'read'
    })
    expect({ answer, seen }).toEqual({ answer: 'read', seen: [true, false] })
    expect(await importAndRun()).toEqual({ status: 'succeeded', lines: count })
    expect(readFromStandby).toBe(false)
  })
})
