import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { until } from '../../support/until.ts'

const pinned = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('moment-timezone/data/packed/latest.json'), 'utf8'),
)
/** A newer edition in which Vancouver sets its clocks back again on 1 November 2026, as an older one had it. */
const NEWER = JSON.stringify({
  ...pinned,
  version: '2099a',
  zones: [
    ...pinned.zones.filter((zone: string) => !zone.startsWith('America/Vancouver|')),
    `America/Vancouver|PDT PST|70 80|01|${minutesInBase60(Date.parse('2026-11-01T09:00:00Z') / 60_000)}|`,
  ],
})
function minutesInBase60(minutes: number): string {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'
  return minutes < 60 ? (digits[minutes] as string) : minutesInBase60(Math.floor(minutes / 60)) + digits[minutes % 60]
}

let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase()
  await insertAccount(database.db, { timezone: 'America/Vancouver' })
  await insertPartner(database.db, { partner_id: 'anna' })
  // in the hour that belongs to one month or the other, and safely in each
  for (const [id, amount, earned_at] of [
    ['n', 40000n, '2026-11-10T12:00:00Z'],
    ['disputed', 717n, '2026-12-01T07:30:00Z'],
    ['d', 707n, '2026-12-10T12:00:00Z'],
  ] as const)
    await insertCommission(database.db, { commission_id: id, partner_id: 'anna', amount, earned_at })
})
afterEach(() => database.close())

/** A process with modules of its own, hence with tz data of its own. */
async function aProcess({ data, clock = '2027-02-01T12:00:00Z' }: { data?: string; clock?: string } = {}) {
  vi.resetModules()
  if (data) (await import('../../../db/values/zone.ts')).takeZoneData(data)
  const { openTestRuntime } = await import('../../support/runtime.ts')
  const { tally } = await import('../../support/tally-report.ts')
  const { openRequestedRun } = await import('../../../worker/actions/request-run.ts')
  const { findRunOrThrow } = await import('../../../worker/actions/control-run.ts')
  const { takeStock } = await import('../../../worker/run/zone-rules.ts')
  const { decideBoundary } = await import('../../../worker/actions/decide-boundary.ts')
  const { listMovedBoundaries } = await import('../../../db/ledger/boundaries.ts')
  const runtime = await openTestRuntime(database.db, [tally], { clock: () => new Date(clock) })
  const told: string[] = []
  await takeStock(database.db, { warn: (_: object, text?: string) => void told.push(String(text)) })
  const ended = (id: string) =>
    until(async () => {
      const run = await findRunOrThrow(runtime.context, id)
      return !isOpen(run) && run
    }, 'the run ends')
  const run = async (period: string) => {
    const input = { report: 'tally', period, accountId: 1, mail: false, trigger: 'cli' } as const
    return ended((await openRequestedRun(runtime.context, input)).run.id)
  }
  return {
    ...{ runtime, told, run, ended },
    moved: () => listMovedBoundaries(database.db),
    decide: (date: string, decision: 'keep' | 'restate') =>
      decideBoundary(runtime.context, { accountId: 1, date }, decision, 'finance'),
  }
}

/** The newest total of a month. */
async function total(period: string): Promise<number> {
  const row = await database.db
    .selectFrom('statements as s')
    .innerJoin('runs as r', (join) => join.onRef('r.id', '=', 's.run_id').onRef('r.account_id', '=', 's.account_id'))
    .select('s.sealed')
    .where('r.period', '=', period)
    .where('s.sealed', 'is not', null)
    .orderBy('r.revision', 'desc')
    .executeTakeFirst()
  return Number(JSON.parse(row?.sealed ?? '{"figures":{"total":0}}').figures.total)
}

describe('a boundary that a sealed period has used', () => {
  it('is its neighbour’s too, whatever data that is computed with; the run says so, and what is there is not moved silently', async () => {
    const before = await aProcess()
    const november = await before.run('2026-11')
    expect([november.status, november.tz_version, november.calendar_note]).toEqual(['succeeded', pinned.version, null])
    expect(november.period_to.toISOString()).toBe('2026-12-01T07:00:00.000Z')
    await before.runtime.close()

    const newer = await aProcess({ data: NEWER })
    expect(newer.told).toEqual([expect.stringContaining('the rules have moved boundaries of sealed periods')])
    const december = await newer.run('2026-12')
    expect([december.status, december.tz_version]).toEqual(['succeeded', '2099a'])
    expect(december.period_from.toISOString()).toBe('2026-12-01T07:00:00.000Z')
    expect(december.period_to.toISOString()).toBe('2027-01-01T08:00:00.000Z')
    expect(december.calendar_note).toBe(
      `2026-12-01 begins at 2026-12-01T07:00:00Z, as it was sealed (tz data ${pinned.version}); by tz data 2099a at 2026-12-01T08:00:00Z: keep it, or restate both periods.`,
    )
    expect([await total('2026-11'), await total('2026-12')]).toEqual([40000, 1424])
    await newer.runtime.close()
  })

  it('stays where somebody keeps it', async () => {
    const before = await aProcess()
    await before.run('2026-11')
    await before.runtime.close()
    const newer = await aProcess({ data: NEWER })
    expect(await newer.decide('2026-12-01', 'keep')).toEqual([])
    expect(await newer.moved()).toMatchObject([{ local_date: '2026-12-01', kept_by: 'finance' }])
    expect((await newer.run('2026-12')).calendar_note).toContain('; kept by finance.')
    await newer.runtime.close()
  })

  it('moves where somebody asks for it, and both its neighbours are restated', async () => {
    const before = await aProcess()
    await before.run('2026-11')
    await before.runtime.close()
    const newer = await aProcess({ data: NEWER })
    await newer.run('2026-12')
    const runs = await newer.decide('2026-12-01', 'restate')
    const ended = await Promise.all(runs.map((id) => newer.ended(id)))
    expect(ended.map(({ period, revision, trigger }) => [period, revision, trigger])).toEqual([
      ['2026-11', 2, 'restatement'],
      ['2026-12', 2, 'restatement'],
    ])
    expect([await total('2026-11'), await total('2026-12')]).toEqual([40717, 707])
    expect(await newer.moved()).toEqual([])
    await expect(newer.decide('2026-12-01', 'keep')).rejects.toThrow(
      '2026-12-01 is no boundary that the rules have moved',
    )
    await newer.runtime.close()
  })

  it('fails a run that was opened with another, with the reason', async () => {
    const one = await aProcess()
    await one.run('2026-11')
    const idle = { add: async () => {}, close: async () => {} }
    const { openRequestedRun } = await import('../../../worker/actions/request-run.ts')
    const input = { report: 'tally', period: '2026-12', accountId: 1, mail: false, trigger: 'cli' } as const
    const { run } = await openRequestedRun({ ...one.runtime.context, queue: idle }, input)
    const elsewhere = { period_from: '2026-12-01T08:00:00Z', tz_version: '2025c' }
    await database.db.updateTable('runs').set(elsewhere).where('id', '=', run.id).execute()
    await one.runtime.handlers.run({ accountId: 1, runId: run.id })
    expect(await one.ended(run.id)).toMatchObject({
      status: 'failed',
      error:
        '2026-12-01 begins at 2026-12-01T07:00:00Z in what is sealed; this run was opened with 2026-12-01T08:00:00Z (tz data 2025c): start it again',
    })
    expect(await total('2026-12')).toBe(0)
    await one.runtime.close()
  })
})

describe('a process with older data than the ledger has seen', () => {
  it('says so and computes nothing for accounts whose zones differ, but works for the others', async () => {
    await (await aProcess({ data: NEWER })).runtime.close()
    const older = await aProcess()
    expect(older.told).toEqual([
      `the tz data ${pinned.version} of this process are older than 2099a that have been at work here; accounts in these zones are left to newer processes`,
    ])
    await expect(older.run('2026-11')).rejects.toThrow(
      `account 1: tz data 2099a of a newer process have other rules for America/Vancouver than ${pinned.version} of this one`,
    )
    await insertAccount(database.db, { account_id: 2, timezone: 'Europe/Warsaw' })
    const { openRequestedRun } = await import('../../../worker/actions/request-run.ts')
    const input = { report: 'tally', period: '2026-11', accountId: 2, mail: false, trigger: 'cli' } as const
    const { run } = await openRequestedRun(older.runtime.context, input)
    expect(await older.ended(run.id)).toMatchObject({ status: 'succeeded' })
    await older.runtime.close()
  })

  it('leaves a run that is queued to a newer one', async () => {
    const newer = await aProcess({ data: NEWER })
    const { openRequestedRun } = await import('../../../worker/actions/request-run.ts')
    const idle = { add: async () => {}, close: async () => {} }
    const input = { report: 'tally', period: '2026-11', accountId: 1, mail: false, trigger: 'cli' } as const
    const { run } = await openRequestedRun({ ...newer.runtime.context, queue: idle }, input)
    await newer.runtime.close()
    const older = await aProcess()
    await older.runtime.handlers.run({ accountId: 1, runId: run.id })
    const { status } = await database.db
      .selectFrom('runs')
      .selectAll()
      .where('id', '=', run.id)
      .executeTakeFirstOrThrow()
    expect(status).toBe('queued')
    await older.runtime.close()
  })
})
