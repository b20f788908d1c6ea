import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { calendarBetween, missingRuns } from '../../../worker/schedule/calendar.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'
import { insertRun } from '../../support/ledger.ts'
import { insertSchedule } from '../../support/schedules.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db, { account_id: 1 })
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.deleteFrom('runs').execute()
  await database.db.deleteFrom('schedules').execute()
})

const NOW = new Date('2026-11-20T00:00:00Z')
const grains = () => 'month' as const
const calendar = (from: string, to: string, now = NOW) =>
  calendarBetween(database.db, new Date(from), new Date(to), now, grains)
const dueAt = async (from: string, to: string) => (await calendar(from, to)).map((item) => item.due_at)
const states = async (now = NOW) =>
  (await calendar('2026-08-15T00:00:00Z', '2027-01-15T00:00:00Z', now)).map((item) => `${item.period} ${item.status}`)
const october = { report: 'tally', period: '2026-10', trigger: 'schedule', due_at: '2026-11-01T06:00:00Z' } as const

describe('the calendar', () => {
  it('has every slot in the zone of the cron', async () => {
    await insertSchedule(database.db, { cron: '30 5 12 * *', timezone: 'Asia/Tokyo' })
    expect(await dueAt('2027-05-01T00:00:00Z', '2027-06-01T00:00:00Z')).toEqual(['2027-05-11T20:30:00Z'])
  })

  it('has one slot a day where the clock is set', async () => {
    await insertSchedule(database.db, { cron: '30 2 * * *', timezone: 'Europe/Warsaw' })
    expect(await dueAt('2027-03-27T00:00:00Z', '2027-03-30T00:00:00Z')).toEqual([
      '2027-03-27T01:30:00Z',
      '2027-03-28T01:30:00Z',
      '2027-03-29T00:30:00Z',
    ])
    expect(await dueAt('2027-10-30T00:00:00Z', '2027-11-02T00:00:00Z')).toEqual([
      '2027-10-30T00:30:00Z',
      '2027-10-31T00:30:00Z',
      '2027-11-01T01:30:00Z',
    ])
  })

  it('sets what came against what should have come', async () => {
    await insertSchedule(database.db, { created_at: '2026-09-10T00:00:00Z' })
    await insertRun(database.db, { ...october, status: 'partial' })
    expect(await states()).toEqual([
      '2026-08 not_caught_up', // it closed before the schedule was made
      '2026-09 not_caught_up', // the policy is the latest
      '2026-10 partial',
      '2026-11 expected',
      '2026-12 expected',
    ])
  })

  it('has every month of a cron for the 31st', async () => {
    await insertSchedule(database.db, { cron: '0 6 31 * *', created_at: '2026-09-10T00:00:00Z' })
    const items = await calendar('2027-01-01T00:00:00Z', '2027-04-30T23:00:00Z')
    expect(items.map(({ due_at, period }) => `${due_at} ${period}`)).toEqual([
      '2027-01-31T06:00:00Z 2026-12',
      '2027-02-28T06:00:00Z 2027-01',
      '2027-03-31T06:00:00Z 2027-02',
      '2027-04-30T06:00:00Z 2027-03',
    ])
  })

  it.each([
    ['latest', ['2026-07 not_caught_up', '2026-08 not_caught_up', '2026-09 missing'], 'not_caught_up'],
    ['all', ['2026-07 missing', '2026-08 missing', '2026-09 missing'], 'expected'],
  ])('accounts for the months that a quarterly cron passes over, with %s', async (catch_up, past, future) => {
    await insertSchedule(database.db, { cron: '0 6 1 1,4,7,10 *', catch_up, max_age_days: 100 })
    expect(await states()).toEqual([...past, `2026-10 ${future}`, `2026-11 ${future}`, '2026-12 expected'])
  })

  it('shows a run that should have been and was not', async () => {
    await insertSchedule(database.db)
    expect((await states(new Date('2026-11-01T06:03:00Z')))[2]).toBe('2026-10 expected')
    expect((await states())[2]).toBe('2026-10 missing')
    expect(await missingRuns(database.db, NOW, grains)).toMatchObject([
      { report: 'tally', account_id: 1, period: '2026-10', due_at: '2026-11-01T06:00:00Z', status: 'missing' },
    ])
    await insertRun(database.db, { ...october, status: 'queued' })
    expect(await missingRuns(database.db, NOW, grains)).toEqual([])
  })

  it('says which runs were caught up and which are provisional, and shows the last revision', async () => {
    await insertSchedule(database.db)
    const first = { ...october, status: 'succeeded' as const, provisional: true, created_at: '2026-11-02T00:00:00Z' }
    await insertRun(database.db, first)
    const shown = async () => (await calendar('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'))[0]
    expect(await shown()).toMatchObject({
      status: 'succeeded',
      provisional: true,
      caught_up: true,
      trigger: 'schedule',
    })
    const { id } = await insertRun(database.db, {
      ...october,
      revision: 2,
      trigger: 'restatement',
      status: 'rendering',
    })
    expect(await shown()).toMatchObject({ status: 'rendering', provisional: false, caught_up: true, run_id: id })
  })

  it('does not take a trial for the run', async () => {
    await insertSchedule(database.db)
    await insertRun(database.db, { ...october, trigger: 'cli', mail: false, status: 'succeeded' })
    expect((await states())[2]).toBe('2026-10 missing')
  })

  it('leaves out what is switched off, and refuses to list more than anybody can mean', async () => {
    await insertSchedule(database.db, { cron: '* * * * *' })
    await expect(calendar('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).rejects.toMatchObject({
      kind: 'invalid',
      field: 'to',
    })
    await database.db.updateTable('schedules').set({ enabled: false }).execute()
    expect(await calendar('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).toEqual([])
  })
})
