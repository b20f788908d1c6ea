import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setWatermark } from '../../../db/facts/watermarks.ts'
import { findRun, type Run } from '../../../db/ledger/runs/runs.ts'
import { cancelRun } from '../../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../../worker/actions/request-run.ts'
import { openDueRuns } from '../../../worker/schedule/open.ts'
import { wakeWaitingRuns } from '../../../worker/schedule/waiting.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { insertSchedule } from '../../support/schedules.ts'
import { tally } from '../../support/tally-report.ts'
import { until } from '../../support/until.ts'

const READINESS = JSON.stringify({ tables: ['commissions', 'licenses'], max_wait_hours: 48 })
const PERIOD_END = '2026-11-01T00:00:00Z'
let database: TestDatabase
let runtime: TestRuntime
let now: Date
const at = (instant: string) => {
  now = new Date(instant)
}

beforeEach(async () => {
  at('2026-11-01T06:00:00Z')
  database = await freshDatabase()
  runtime = await openTestRuntime(database.db, [tally], { clock: () => now })
  await insertAccount(database.db, { account_id: 1 })
  await insertSchedule(database.db, { readiness: READINESS })
  await earn('anna', '2026-10-05T12:00:00Z')
  await earn('bert', '2026-10-05T12:00:00Z')
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

async function earn(partner_id: string, earned_at: string) {
  const known = await database.db.selectFrom('partners').where('partner_id', '=', partner_id).select('name').execute()
  if (known.length === 0) await insertPartner(database.db, { partner_id })
  await insertCommission(database.db, { partner_id, earned_at })
}
const complete = (table: string, through = PERIOD_END) => setWatermark(database.db, 1, table, new Date(through), now)
const completeAll = async () => {
  await complete('commissions')
  await complete('licenses')
}
const opened = async () => (await openDueRuns(runtime.context, now))[0] as Run
const wake = () => wakeWaitingRuns(runtime.context)
const runs = () => database.db.selectFrom('runs').selectAll().orderBy('revision').execute()
const ended = (id: string) =>
  until(async () => {
    const run = await findRun(database.db, id)
    return run && ['succeeded', 'failed', 'partial'].includes(run.status) && run
  }, 'the run ends')
const statements = (run: Run) =>
  database.db.selectFrom('statements').selectAll().where('run_id', '=', run.id).orderBy('ordinal').execute()

describe('a scheduled run whose facts are not complete', () => {
  it('waits until every watermark has reached the end of the period', async () => {
    const run = await opened()
    expect(run).toMatchObject({ status: 'waiting', wait_until: new Date('2026-11-03T06:00:00Z') })
    await complete('commissions')
    await complete('licenses', '2026-10-31T23:59:59Z')
    await wake()
    expect((await findRun(database.db, run.id))?.status).toBe('waiting')
    await complete('licenses')
    await wake()
    expect(await ended(run.id)).toMatchObject({ status: 'succeeded', provisional: false })
    expect(await openDueRuns(runtime.context, now)).toEqual([])
  })

  it('does not wait where they are complete already', async () => {
    await completeAll()
    expect((await opened()).status).toBe('queued')
  })

  it('runs provisionally at the end of its wait, and is restated once when they have come', async () => {
    const { id } = await opened()
    at('2026-11-03T05:59:59Z')
    await wake()
    expect((await findRun(database.db, id))?.status).toBe('waiting')
    at('2026-11-03T06:00:00Z')
    await wake()
    const provisional = await ended(id)
    expect(provisional.provisional).toBe(true)
    expect((await statements(provisional)).map((row) => JSON.parse(row.sealed ?? '').provisional)).toEqual([true, true])
    await wake()
    expect(await runs()).toHaveLength(1)

    at('2026-11-04T00:00:00Z')
    await earn('bert', '2026-10-31T12:00:00Z')
    await completeAll()
    await Promise.all([wake(), wake(), wake(), wake()])
    const [, restatement, ...others] = await runs()
    expect(others).toEqual([])
    expect(restatement).toMatchObject({
      revision: 2,
      trigger: 'restatement',
      provisional: false,
      as_of: provisional.as_of,
    })
    await ended(restatement?.id as string)
    expect((await statements(restatement as Run)).map((row) => [row.subject_id, row.status])).toEqual([
      ['anna', 'unchanged'],
      ['bert', 'rendered'],
    ])
    await wake()
    expect(await runs()).toHaveLength(2)
  })

  it('is restated where a person’s run came before the facts, not where it came after them', async () => {
    const { id } = await opened()
    at('2026-11-03T06:00:00Z')
    await wake()
    await ended(id)
    const early = await ask()
    await ended(early.id)
    at('2026-11-03T07:00:00Z')
    await completeAll()
    await wake()
    expect((await runs()).map((run) => run.trigger)).toEqual(['schedule', 'http', 'restatement'])
  })

  it('is not held back from a person who asks for it, and stays provisional', async () => {
    const { id } = await opened()
    const run = await ask()
    expect(run.id).toBe(id)
    expect(await ended(id)).toMatchObject({ status: 'succeeded', provisional: true })
  })

  it('can be cancelled while it waits, and nothing wakes it', async () => {
    const { id } = await opened()
    await cancelRun(runtime.context, id)
    await completeAll()
    await wake()
    expect((await runs()).map((run) => run.status)).toEqual(['cancelled'])
    expect(await openDueRuns(runtime.context, now)).toEqual([])
  })
})

it('a run that a person asks for does not wait', async () => {
  expect((await ask()).status).toBe('queued')
})

const ask = async () =>
  (
    await openRequestedRun(runtime.context, {
      report: 'tally',
      period: '2026-10',
      accountId: 1,
      mail: true,
      trigger: 'http',
    })
  ).run
