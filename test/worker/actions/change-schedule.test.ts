import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureSchedules } from '../../../db/ledger/schedules.ts'
import { scheduleDefaults } from '../../../jobs/index.ts'
import { describeSchedules, type ScheduleChange, updateSchedule } from '../../../worker/actions/change-schedule.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'

const NOW = new Date('2026-11-20T00:00:00Z')
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db, { account_id: 1, timezone: 'America/New_York' })
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.deleteFrom('schedules').execute()
  await ensureSchedules(database.db, scheduleDefaults, NOW)
})

const change = (some: ScheduleChange, report = 'partner-leaderboard', account = 1) =>
  updateSchedule(database.db, account, report, some, NOW)
const all = () => describeSchedules(database.db, NOW)

describe('the schedules of an account', () => {
  it('are there for every scheduled report, once, from when they were made', async () => {
    await ensureSchedules(database.db, scheduleDefaults, new Date('2027-01-01T00:00:00Z'))
    expect((await all()).map((one) => one.report)).toEqual(scheduleDefaults.map((one) => one.report).sort())
    const rows = await database.db.selectFrom('schedules').select('created_at').execute()
    expect(new Set(rows.map((row) => row.created_at.getTime()))).toEqual(new Set([NOW.getTime()]))
  })

  it('show their next five occurrences, in the account’s zone unless they have their own', async () => {
    const shown = async () => (await all()).find((one) => one.report === 'partner-leaderboard')
    expect(await shown()).toMatchObject({
      timezone: 'America/New_York',
      follows_account_timezone: true,
      next: [
        '2026-12-01T12:00:00Z',
        '2027-01-01T12:00:00Z',
        '2027-02-01T12:00:00Z',
        '2027-03-01T12:00:00Z',
        '2027-04-01T11:00:00Z',
      ],
    })
    await change({ timezone: 'Asia/Tokyo' })
    expect(await shown()).toMatchObject({ timezone: 'Asia/Tokyo', follows_account_timezone: false })
    await change({ timezone: null, enabled: false })
    expect(await shown()).toMatchObject({ timezone: 'America/New_York', next: [] })
  })
})

describe('a change', () => {
  it('touches only what it names', async () => {
    await change({ cron: '30  5 12 * *', recipients: ['Finance@Example.com'], catch_up: 'all', max_age_days: 90 })
    const changed = await change({ readiness: { tables: ['deals', 'deals'] } })
    expect(changed).toMatchObject({
      cron: '30 5 12 * *',
      recipients: ['Finance@example.com'],
      catch_up: 'all',
      max_age_days: 90,
      readiness: { tables: ['deals'], max_wait_hours: 48 },
    })
    expect((await change({ readiness: null, recipients: [] })).readiness).toBeNull()
  })

  it.each<[string, ScheduleChange]>([
    ['cron', { cron: '99 99 * * *' }],
    ['cron', { cron: '@monthly' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
    ['timezone', { timezone: '' }],
    ['recipients', { recipients: ['nobody'] }],
    ['recipients', { recipients: ['a@b.example\r\nBcc: c@d.example'] }],
    ['catch_up', { catch_up: 'some' }],
    ['max_age_days', { max_age_days: 0 }],
    ['max_age_days', { max_age_days: 1.5 }],
    ['max_age_days', { max_age_days: Number.NaN }],
    ['readiness', { readiness: {} }],
    ['readiness', { readiness: { tables: [] } }],
    ['readiness', { readiness: { tables: ['nonesuch'] } }],
    ['readiness', { readiness: { tables: ['deals'], max_wait_hours: 0 } }],
    ['readiness', { readiness: { tables: ['deals'], until: 'tomorrow' } }],
    ['readiness', { readiness: 'deals' }],
  ])('to a wrong %s is refused, saying what was expected, and changes nothing: %j', async (field, wrong) => {
    const before = await all()
    const refused = change({ enabled: false, ...wrong })
    await expect(refused).rejects.toMatchObject({ kind: 'invalid', field })
    await expect(refused).rejects.toThrow(/expected/)
    expect(await all()).toEqual(before)
  })

  it('of what does not exist is refused', async () => {
    await expect(change({}, 'nonesuch')).rejects.toMatchObject({ kind: 'unknown', field: 'report' })
    await expect(change({}, 'license-export')).rejects.toMatchObject({ kind: 'unknown', field: 'report' })
    await expect(change({}, 'partner-leaderboard', 9)).rejects.toMatchObject({ kind: 'unknown', field: 'account_id' })
  })

  it('cannot send a report of the partners to somebody else', async () => {
    await expect(change({ recipients: ['a@b.example'] }, 'monthly-summary')).rejects.toMatchObject({
      kind: 'invalid',
      field: 'recipients',
    })
  })
})
