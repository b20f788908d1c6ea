import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Grain, periodContaining } from '../../jobs/calendar/period.ts'
import { daysOf } from '../../jobs/period-days.ts'
import { datesOfPeriod } from '../../templates/period-dates.ts'

test('the dates of a key are those that the calendar of periods has', () => {
  const grain = fc.constantFrom<Grain>('day', 'week', 'month', 'quarter', 'year')
  const instant = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(grain, instant, (grain, at) => {
      const { key } = periodContaining(grain, at, 'UTC')
      expect(datesOfPeriod(key)).toEqual(daysOf({ key }))
    }),
  )
  expect(datesOfPeriod('2026-10-01..2026-10-15')).toEqual({ first: '2026-10-01', last: '2026-10-15' })
  expect(datesOfPeriod('2024-02')).toEqual({ first: '2024-02-01', last: '2024-02-29' })
  expect(datesOfPeriod('last-month')).toBeUndefined()
})
