import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeSchedule } from '../../../db/ledger/schedules.ts'
import { cancelRun } from '../../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../../worker/actions/request-run.ts'
import { openDueRuns } from '../../../worker/schedule/open.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { insertSchedule } from '../../support/schedules.ts'
import { tally } from '../../support/tally-report.ts'

let database: TestDatabase
let runtime: TestRuntime
let now: Date
const at = (instant: string) => {
  now = new Date(instant)
}

beforeEach(async () => {
  at('2026-11-01T06:00:00Z')
  database = await freshDatabase()
  const idle = { add: async () => {}, close: async () => {} }
  runtime = await openTestRuntime(database.db, [tally], { clock: () => now, queue: idle })
  await insertAccount(database.db, { account_id: 1 })
  await insertPartner(database.db, { partner_id: 'anna' })
  await insertCommission(database.db, { partner_id: 'anna', earned_at: '2026-10-05T12:00:00Z' })
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const open = () => openDueRuns(runtime.context, now)
const runs = () =>
  database.db.selectFrom('runs').select(['period', 'revision', 'trigger', 'status']).orderBy('created_at').execute()
const end = (id: string) => runtime.handlers.run({ accountId: 1, runId: id })

describe('a slot', () => {
  it('opens its run once, however many schedulers ask and ask again', async () => {
    await insertSchedule(database.db)
    const opened = (await Promise.all(Array.from({ length: 12 }, open))).flat()
    expect(opened).toHaveLength(1)
    expect(opened[0]).toMatchObject({
      period: '2026-10',
      trigger: 'schedule',
      due_at: now,
      as_of: new Date('2026-11-01T00:00:00Z'),
    })
    await end(opened[0]?.id as string)
    at('2026-11-20T00:00:00Z')
    expect(await open()).toEqual([])
  })

  it('that was slept through is caught up: the latest period by default, all of them where asked', async () => {
    await insertSchedule(database.db)
    await insertSchedule(database.db, {
      report: 'tally',
      account_id: await another(),
      catch_up: 'all',
      max_age_days: 90,
    })
    at('2026-11-20T09:00:00Z')
    const opened = await open()
    expect(opened.map((run) => [run.account_id, run.period])).toEqual([
      [1, '2026-10'],
      [2, '2026-08'],
      [2, '2026-09'],
      [2, '2026-10'],
    ])
    expect(await open()).toEqual([])
  })

  it('of a schedule that is off opens nothing, nor what passed meanwhile when it is on again', async () => {
    await insertSchedule(database.db, { enabled: false })
    expect(await open()).toEqual([])
    at('2026-11-20T00:00:00Z')
    await changeSchedule(database.db, { accountId: 1, report: 'tally' }, { enabled: true }, now)
    expect(await open()).toEqual([])
    at('2026-12-01T06:00:00Z')
    expect(await open()).toHaveLength(1)
  })

  it('is read anew each time: a changed cron counts at once', async () => {
    await insertSchedule(database.db, { cron: '0 9 1 * *', catch_up: 'none' })
    expect(await open()).toEqual([])
    await database.db.updateTable('schedules').set({ cron: '0 6 1 * *' }).execute()
    expect(await open()).toHaveLength(1)
  })

  it('does not suffer from another schedule that cannot be read', async () => {
    await insertSchedule(database.db)
    await insertSchedule(database.db, { account_id: await another(), cron: 'by hand, wrongly' })
    expect(await open()).toHaveLength(1)
  })
})

describe('a run of somebody else’s', () => {
  const ask = (some: object) =>
    openRequestedRun(runtime.context, {
      report: 'tally',
      period: '2026-10',
      accountId: 1,
      mail: true,
      trigger: 'http',
      ...some,
    })
  beforeEach(() => insertSchedule(database.db))

  it('answers the slot when it is a whole one', async () => {
    const { run } = await ask({})
    expect(await open()).toEqual([])
    await end(run.id)
    expect(await open()).toEqual([])
  })

  it.each([
    ['for one partner', { partners: ['anna'] }],
    ['without mail', { mail: false }],
    ['as of an earlier instant', { asOf: new Date('2026-10-15T00:00:00Z') }],
  ])('%s costs nobody the scheduled one', async (_, some) => {
    const { run } = await ask(some)
    expect(await open()).toEqual([]) // one open run at a time
    await database.db.updateTable('runs').set({ status: 'succeeded' }).where('id', '=', run.id).execute()
    expect(await open()).toHaveLength(1)
  })

  it('that was cancelled before the slot does not answer it', async () => {
    at('2026-11-01T05:00:00Z')
    await cancelRun(runtime.context, (await ask({})).run.id)
    at('2026-11-01T06:00:00Z')
    expect(await open()).toHaveLength(1)
  })
})

it('a scheduled run that somebody cancelled stays cancelled', async () => {
  await insertSchedule(database.db)
  const [run] = await open()
  await cancelRun(runtime.context, run?.id as string)
  at('2026-11-02T06:00:00Z')
  expect(await open()).toEqual([])
  expect(await runs()).toHaveLength(1)
})

async function another(): Promise<number> {
  await insertAccount(database.db, { account_id: 2 })
  return 2
}
