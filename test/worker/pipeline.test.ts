import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRun, type Run } from '../../db/ledger/runs/runs.ts'
import { openRequestedRun } from '../../worker/actions/request-run.ts'
import type { QueueStore } from '../../worker/queue/backend.ts'
import { sweep } from '../../worker/schedule/sweeper.ts'
import { type Sink, startSink } from '../crash/sink.ts'
import { watch } from '../crash/watch.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { openPipeline, type Pipeline, postgresStore, redisStore } from '../support/pipeline.ts'
import { openRedis } from '../support/redis.ts'
import { insertSchedule } from '../support/schedules.ts'
import { tally } from '../support/tally-report.ts'
import { until } from '../support/until.ts'

const PARTNERS = 40
const redis = await openRedis()
let database: TestDatabase
let sink: Sink
let pipeline: Pipeline
let now: Date
const at = (instant: string) => {
  now = new Date(instant)
}

beforeEach(async () => {
  at('2026-11-01T06:00:00Z')
  await redis?.comeBack()
  await redis?.wipe()
  database = await freshDatabase()
  sink = await startSink()
  await insertAccount(database.db, { account_id: 1 })
  for (let n = 1; n <= PARTNERS; n++) {
    await insertPartner(database.db, { partner_id: `p${n}`, email: `p${n}@partners.example` })
    for (const earned_at of ['2026-09-05T12:00:00Z', '2026-10-05T12:00:00Z'])
      await insertCommission(database.db, { partner_id: `p${n}`, earned_at })
  }
})
afterEach(async () => {
  await pipeline.close()
  await sink.close()
  await database.close()
})
afterAll(() => redis?.close())

const open = async (store: QueueStore) => {
  pipeline = await openPipeline(database, store, { reports: [tally], clock: () => now, smtpUrl: sink.url })
}
const ask = async (period = '2026-10') => {
  const input = { report: 'tally', period, accountId: 1, mail: true, trigger: 'http' } as const
  return (await openRequestedRun(pipeline.context, input)).run
}
const ended = async (run: Run) => {
  const end = await until(async () => {
    const found = await findRun(database.db, run.id)
    return found?.finished_at && found
  }, 'the run ends')
  return end.status
}
const expectOneMailEach = () => {
  expect(new Set(sink.mails.map((mail) => mail.to)).size).toBe(PARTNERS)
  expect(sink.mails).toHaveLength(PARTNERS)
}

const stores = [
  ['PostgreSQL', () => postgresStore(database)] as const,
  ...(redis ? [['Redis', () => redisStore(redis)] as const] : []),
]

describe.each(stores)('with its jobs in %s', (_, store) => {
  beforeEach(() => open(store()))

  it('a run goes through, and each partner has its mail once', async () => {
    pipeline.work()
    expect(await ended(await ask())).toBe('succeeded')
    expectOneMailEach()
  })

  it('two schedulers and twenty requests at once are one run', async () => {
    await insertSchedule(database.db)
    pipeline.work()
    const asked = Array.from({ length: 20 }, () => ask())
    await Promise.all([pipeline.schedule(), pipeline.schedule(), ...asked])
    expect(await ended(await (asked[0] as Promise<Run>))).toBe('succeeded')
    expect(await database.db.selectFrom('runs').select('id').execute()).toHaveLength(1)
    expectOneMailEach()
  })

  it('a period does not move while its job waits in the queue over the end of a month', async () => {
    at('2026-10-31T23:59:59Z')
    const run = await ask('last-month')
    at('2026-12-02T08:00:00Z')
    pipeline.work()
    expect(await ended(run)).toBe('succeeded')
    const rows = await database.db.selectFrom('statements').select('sealed').execute()
    expect(new Set(rows.map((row) => JSON.parse(row.sealed ?? '').period.key))).toEqual(new Set(['2026-09']))
    expect(new Set(rows.map((row) => JSON.parse(row.sealed ?? '').as_of))).toEqual(new Set(['2026-10-01T00:00:00Z']))
  })

  it('a slot that the machine slept over is made up for when it wakes', async () => {
    at('2026-11-17T09:30:00Z')
    await insertSchedule(database.db)
    pipeline.work()
    await pipeline.schedule()
    const run = await database.db.selectFrom('runs').selectAll().executeTakeFirstOrThrow()
    expect(run).toMatchObject({ period: '2026-10', trigger: 'schedule', due_at: new Date('2026-11-01T06:00:00Z') })
    expect(await ended(run)).toBe('succeeded')
    expectOneMailEach()
  })

  it('mails that found no server are sent when there is one again', async () => {
    await sink.down()
    pipeline.work()
    const run = await ask()
    await until(async () => {
      const tried = await database.db
        .selectFrom('delivery_attempts')
        .where('outcome', '=', 'retry')
        .select('attempt')
        .execute()
      return tried.length === PARTNERS
    }, 'every mail has been tried')
    await sink.up()
    now = new Date(now.getTime() + 30_000)
    // Their jobs wait for half a minute of the real clock; the test does not.
    for (const delivery of await database.db.selectFrom('deliveries').selectAll().execute())
      await pipeline.handlers.deliver({ accountId: 1, deliveryId: delivery.id })
    expect(await ended(run)).toBe('succeeded')
    expectOneMailEach()
  })
})

describe.runIf(redis)('Redis', () => {
  beforeEach(() => open(redisStore(redis as { url: string })))

  it('wiped three times in mid-run loses and doubles nothing', async () => {
    let wipes = 0
    sink.onMoment = (moment) => {
      if (moment !== 'dot' || ![1, 15, 30].includes(sink.mails.length)) return
      wipes++
      void redis?.wipe().then(() => sweep(pipeline.context))
    }
    pipeline.work()
    const run = await ask()
    await redis?.wipe()
    await sweep(pipeline.context)
    expect(await ended(run)).toBe('succeeded')
    expect(wipes).toBe(3)
    expectOneMailEach()
  })

  it('gone, requests are answered and runs wait; back, they go on', async () => {
    pipeline.work()
    await redis?.goAway()
    const run = await ask()
    expect(run.status).toBe('queued')
    await redis?.comeBack()
    await watch(
      async () => {
        await sweep(pipeline.context)
        return (await findRun(database.db, run.id))?.status === 'succeeded'
      },
      () => 'the run ends',
      50,
    )
    expect(await ended(run)).toBe('succeeded')
    expectOneMailEach()
  })
})
