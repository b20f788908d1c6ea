import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Schedule } from '../../../db/ledger/schedules.ts'
import type { Grain } from '../../../jobs/calendar/period.ts'
import { dueSlots } from '../../../worker/schedule/due.ts'
import { aSchedule } from '../../support/schedules.ts'

const due = (some: Partial<Schedule>, now: string, grain: Grain = 'month') =>
  dueSlots(aSchedule(some), grain, new Date(now)).map(({ at, period }) => `${period.key} ${at.toISOString()}`)

describe('what is due', () => {
  it('is the period that closed last before the slot, from the slot on', () => {
    expect(due({}, '2026-11-01T05:59:59Z')).toEqual(['2026-09 2026-10-01T06:00:00.000Z'])
    expect(due({}, '2026-11-01T06:00:00Z')).toEqual(['2026-10 2026-11-01T06:00:00.000Z'])
    expect(due({ cron: '0 6 * * 1' }, '2026-11-18T00:00:00Z', 'week')).toEqual(['2026-W46 2026-11-16T06:00:00.000Z'])
  })

  it('reads the cron in its own zone and the period in the account’s', () => {
    const some = { cron: '30 5 1 * *', timezone: 'Asia/Tokyo', account_timezone: 'America/New_York' }
    // 05:30 on 1 November in Tokyo is still October in New York.
    expect(due(some, '2026-11-01T00:00:00Z')).toEqual(['2026-09 2026-10-31T20:30:00.000Z'])
  })

  it.each([
    ['latest', ['2026-10 2026-11-01T06:00:00.000Z']],
    [
      'all',
      ['2026-08 2026-09-01T06:00:00.000Z', '2026-09 2026-10-01T06:00:00.000Z', '2026-10 2026-11-01T06:00:00.000Z'],
    ],
    ['none', []],
  ])('catches up by policy %s', (catch_up, expected) =>
    expect(due({ catch_up, max_age_days: 90 }, '2026-11-20T00:00:00Z')).toEqual(expected),
  )

  it('without catching up is only what is due now', () => {
    expect(due({ catch_up: 'none' }, '2026-11-01T06:02:00Z')).toEqual(['2026-10 2026-11-01T06:00:00.000Z'])
    expect(due({ catch_up: 'none' }, '2026-11-01T06:06:00Z')).toEqual([])
  })

  it('is never older than the maximum age', () => {
    expect(due({ max_age_days: 3 }, '2026-11-04T05:00:00Z')).toHaveLength(1)
    expect(due({ max_age_days: 3 }, '2026-11-04T07:00:00Z')).toEqual([])
  })

  it('is never a period that closed before the schedule was made', () => {
    expect(due({ created_at: new Date('2026-11-01T00:00:01Z') }, '2026-11-01T06:00:00Z')).toEqual([])
    expect(due({ created_at: new Date('2026-10-31T23:59:59Z') }, '2026-11-01T06:00:00Z')).toHaveLength(1)
    const all = { catch_up: 'all', max_age_days: 365, created_at: new Date('2026-08-15T00:00:00Z') }
    expect(due(all, '2026-11-20T00:00:00Z').map((slot) => slot.slice(0, 7))).toEqual(['2026-08', '2026-09', '2026-10'])
  })

  it('is nothing that passed while the schedule was switched off', () => {
    expect(due({ enabled_at: new Date('2026-11-02T00:00:00Z') }, '2026-11-20T00:00:00Z')).toEqual([])
    expect(due({ enabled_at: new Date('2026-11-01T05:00:00Z') }, '2026-11-20T00:00:00Z')).toHaveLength(1)
  })

  it('is one period however often the cron comes round in it', () => {
    const daily = { cron: '30 2 * * *', catch_up: 'all' }
    expect(due(daily, '2026-11-20T03:00:00Z')).toEqual([
      '2026-09 2026-10-31T02:30:00.000Z',
      '2026-10 2026-11-20T02:30:00.000Z',
    ])
  })

  it('is each period that closed since the slot before, if it asks for all: none is passed over', () => {
    const quarterly = { cron: '0 6 1 1,4,7,10 *', max_age_days: 50, created_at: new Date('2026-05-10T00:00:00Z') }
    expect(due({ ...quarterly, catch_up: 'all' }, '2026-11-03T00:00:00Z')).toEqual([
      '2026-07 2026-10-01T06:00:00.000Z',
      '2026-08 2026-10-01T06:00:00.000Z',
      '2026-09 2026-10-01T06:00:00.000Z',
    ])
    const first = due({ ...quarterly, catch_up: 'all', max_age_days: 365 }, '2026-07-03T00:00:00Z')
    expect(first.map((slot) => slot.slice(0, 7))).toEqual(['2026-05', '2026-06']) // April had closed
    expect(due(quarterly, '2026-11-03T00:00:00Z')).toEqual(['2026-09 2026-10-01T06:00:00.000Z'])
  })

  it('comes from a cron that fires seldom too', () => {
    expect(due({ cron: '0 6 29 2 *', max_age_days: 3660 }, '2029-01-01T00:00:00Z')).toEqual([
      '2028-01 2028-02-29T06:00:00.000Z',
    ])
  })
})

describe('a scheduler that asks now and then', () => {
  const hour = fc.integer({ min: 1, max: 24 * 20 })

  it('misses no day and asks for none twice, wherever the zone’s clock is set, if it asks for all', () => {
    const zone = fc.constantFrom('Europe/Warsaw', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Tokyo', 'America/Nuuk')
    fc.assert(
      fc.property(zone, fc.nat(23), fc.array(hour, { minLength: 1, maxLength: 5 }), (account_timezone, at, naps) => {
        const schedule = aSchedule({ account_timezone, cron: `30 ${at} * * *`, catch_up: 'all', max_age_days: 3660 })
        let now = schedule.created_at.getTime()
        const seen = new Set<string>()
        for (const nap of naps) {
          now += nap * 3_600_000
          for (const { period } of dueSlots(schedule, 'day', new Date(now))) seen.add(period.key)
        }
        const whole = dueSlots(schedule, 'day', new Date(now)).map(({ period }) => period.key)
        expect([...seen].sort()).toEqual(whole)
      }),
      { numRuns: 20 },
    )
  })
})
