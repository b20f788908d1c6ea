import { CronExpressionParser } from 'cron-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketsOf, isoInstant, parsePeriod } from '../../../jobs/calendar/period.ts'
import { CronError, nextSlots, parseCron, previousSlot, slotsBetween } from '../../../jobs/calendar/slots.ts'

/** The slots of one local day. */
const onDay = (cron: string, timeZone: string, date: string) => {
  const { from, to } = parsePeriod(date, timeZone)
  return slotsBetween(cron, timeZone, from, to).map(isoInstant)
}

describe('an expression', () => {
  it.each(['0 6 1 * *', '0 6 * * 1', '*/15 * * * *', '0 6 L * *', '0 6 * * 5L', '0 6 * * FRI#2', '0 6 1 JAN-MAR thu'])(
    '%s is read',
    (cron) => expect(parseCron(cron)).toBe(cron),
  )

  it('is single-spaced', () => expect(parseCron(' 0  6\t1 * * ')).toBe('0 6 1 * *'))

  it.each([
    '',
    '0 6 * *',
    '0 0 6 * * *',
    '@monthly',
    '61 * * * *',
    '0 24 * * *',
    '0 6 31 2 *',
    '0 6 15W * *',
    'H 6 * * *',
    '*/0 * * * *',
    'a b c d e',
    '0 6 * * 8',
  ])('%j is refused, named, with what was expected', (cron) => {
    expect(() => parseCron(cron)).toThrow(CronError)
    expect(() => parseCron(cron)).toThrow(/^cron .*: expected|expected five fields: minute hour/)
    expect(() => parseCron(cron)).toThrow(JSON.stringify(cron))
  })

  it('restricts by day of month or of week where both are given', () => {
    const slots = nextSlots('0 6 13 * 5', 'UTC', new Date('2026-11-20T07:00:00Z'), 4).map(isoInstant)
    expect(slots.map((slot) => slot.slice(0, 10))).toEqual(['2026-11-27', '2026-12-04', '2026-12-11', '2026-12-13'])
  })
})

describe('a midnight that does not exist', () => {
  it.each([
    ['0 0 * * 0', 'Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00Z'],
    ['0 0 * * 0', 'America/Havana', '2026-03-08', '2026-03-08T05:00:00Z'],
    ['0 0 * * 5', 'Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z'],
    ['0 0 1 * *', 'America/Asuncion', '2023-10-01', '2023-10-01T04:00:00Z'],
  ])('%s in %s fires on %s at the end of the gap', (cron, zone, date, at) => {
    expect(onDay(cron, zone, date)).toEqual([at])
  })
})

describe('an account that moves', () => {
  const place = {
    zones: [
      { from: Number.NEGATIVE_INFINITY, zone: 'Europe/Warsaw' },
      { from: Date.parse('2026-12-01T00:00:00Z'), zone: 'America/New_York' },
    ],
    used: new Map(),
  }
  it('has its slots by the clocks of the zone in force on their date', () => {
    const slots = nextSlots('0 6 * * *', place, new Date('2026-11-29T12:00:00Z'), 3).map(isoInstant)
    expect(slots).toEqual(['2026-11-30T05:00:00Z', '2026-12-01T11:00:00Z', '2026-12-02T11:00:00Z'])
    expect(previousSlot('0 6 * * *', place, new Date('2026-12-01T10:59:59Z'))?.toISOString()).toBe(
      '2026-11-30T05:00:00.000Z',
    )
  })
})

describe('a day of the month that not every month has', () => {
  const dates = (cron: string, year: string, n = 400) =>
    slotsBetween(cron, 'UTC', new Date(`${year}-01-01T00:00:00Z`), new Date(`${year}-12-31T23:59:59Z`), n).map((slot) =>
      slot.toISOString().slice(5, 10),
    )
  const ends = [
    '01-31',
    '02-28',
    '03-31',
    '04-30',
    '05-31',
    '06-30',
    '07-31',
    '08-31',
    '09-30',
    '10-31',
    '11-30',
    '12-31',
  ]

  it.each(['31', 'L', '31,L', '31-31'])('%s is the last day of each month', (day) =>
    expect(dates(`0 6 ${day} * *`, '2027')).toEqual(ends),
  )

  it.each([
    ['0 6 29 1-3 *', '2027', ['01-29', '02-28', '03-29']],
    ['0 6 29 1-3 *', '2028', ['01-29', '02-29', '03-29']],
    ['0 6 30 1-3 *', '2028', ['01-30', '02-29', '03-30']],
    ['0 6 15,31 2-4 *', '2027', ['02-15', '02-28', '03-15', '03-31', '04-15', '04-30']], // twice a month
    ['0 6 28-31 2,4 *', '2027', ['02-28', '04-28', '04-29', '04-30']], // once each, as with cron
    ['0 6 29-31 2,4 *', '2027', ['02-28', '04-29', '04-30']],
    ['0 6 31 3,6,9,12 *', '2027', ['03-31', '06-30', '09-30', '12-31']],
    [
      '0 6 31 2,4 1',
      '2027',
      ['02-01', '02-08', '02-15', '02-22', '02-28', '04-05', '04-12', '04-19', '04-26', '04-30'],
    ],
    ['0 6 */10 2,4 *', '2027', ['02-01', '02-11', '02-21', '04-01', '04-11', '04-21']], // a step counts days
    ['0 6 29 2 *', '2027', []], // the leap day
  ])('%s in %s is %j', (cron, year, expected) => expect(dates(cron, year)).toEqual(expected))

  it('gives every month one slot, whatever the day, forwards and backwards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1990, max: 2100 }), (day, year) => {
        const months = dates(`0 6 ${day} * *`, String(year)).map((date) => Number(date.slice(0, 2)))
        expect(months).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        const last = previousSlot(`0 6 ${day} * *`, 'UTC', new Date(Date.UTC(year, 2, 0, 7)))
        expect(last?.getUTCMonth()).toBe(1)
      }),
    )
  })

  it('is refused where no year has it, and L named', () =>
    expect(() => parseCron('0 6 31 2 *')).toThrow(/never has such a day \(L is a month’s last\)/))
})

describe('Europe/Warsaw 2027', () => {
  it.each([
    ['30 2 * * *', '2027-03-28', ['2027-03-28T01:30:00Z']], // 02:00 to 03:00 is missing
    ['0 2 * * *', '2027-03-28', ['2027-03-28T01:00:00Z']],
    ['0 3 * * *', '2027-03-28', ['2027-03-28T01:00:00Z']],
    ['30 2 * * *', '2027-10-31', ['2027-10-31T00:30:00Z']], // 02:00 to 03:00 is there twice
    ['*/20 2 * * *', '2027-10-31', ['2027-10-31T00:00:00Z', '2027-10-31T00:20:00Z', '2027-10-31T00:40:00Z']],
    ['0 6 * * *', '2027-03-28', ['2027-03-28T04:00:00Z']],
  ])('%s on %s fires at %j', (cron, date, slots) => expect(onDay(cron, 'Europe/Warsaw', date)).toEqual(slots))

  it('the first of the month at six follows the clock', () => {
    const slots = nextSlots('0 6 1 * *', 'Europe/Warsaw', new Date('2027-03-01T05:00:00Z'), 2).map(isoInstant)
    expect(slots).toEqual(['2027-04-01T04:00:00Z', '2027-05-01T04:00:00Z'])
  })
})

describe('elsewhere', () => {
  it.each([
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-04', ['2026-10-03T15:45:00Z']], // 02:00 to 02:30 is missing
    ['45 1 * * *', 'Australia/Lord_Howe', '2027-04-04', ['2027-04-03T14:45:00Z']], // 01:30 to 02:00 is there twice
    ['0 0 * * *', 'America/Sao_Paulo', '2018-11-04', ['2018-11-04T03:00:00Z']], // no midnight
    ['30 23 * * *', 'America/Sao_Paulo', '2018-02-17', ['2018-02-18T01:30:00Z']], // 23:00 to 24:00 is there twice
    ['30 2 * * *', 'Antarctica/Troll', '2027-03-28', ['2027-03-28T01:30:00Z']], // 01:00 to 03:00 is missing
    ['0 6 * * *', 'Pacific/Apia', '2011-12-31', ['2011-12-30T16:00:00Z']],
    ['0 6 30 12 *', 'Pacific/Apia', '2011-12-30', []], // a date that never was
  ])('%s in %s on %s fires at %j', (cron, timeZone, date, slots) => expect(onDay(cron, timeZone, date)).toEqual(slots))

  it('a gap that ends with the day fires after it', () => {
    const from = new Date('2027-03-27T12:00:00Z') // Nuuk 27 March: 23:00 to 24:00 is missing
    expect(nextSlots('30 23 * * *', 'America/Nuuk', from, 2).map(isoInstant)).toEqual([
      '2027-03-28T01:30:00Z',
      '2027-03-29T00:30:00Z',
    ])
  })
})

describe('in every time zone', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const year = fc.integer({ min: 1971, max: 2035 })
  const minute = fc.nat(59)
  const clockTime = fc.tuple(minute, fc.nat(23))

  it('a daily cron has one slot for every local day that exists', () => {
    fc.assert(
      fc.property(zone, year, clockTime, (timeZone, year, [minute, hour]) => {
        const period = parsePeriod(String(year), timeZone)
        const days = bucketsOf(period, 'day').filter(({ from, to }) => from < to)
        const slots = slotsBetween(`${minute} ${hour} * * *`, timeZone, period.from, period.to)
        expect(slots).toHaveLength(days.length)
        const readings = slots.filter((slot) => clock(slot, timeZone) !== `${two(hour)}:${two(minute)}`)
        expect(readings.length).toBeLessThanOrEqual(3) // those in gaps
      }),
      { numRuns: 15 },
    )
  })

  it('an hourly or quarter-hourly cron stays continuous', () => {
    fc.assert(
      fc.property(
        zone,
        year,
        fc.constantFrom<[string, number]>(['0 * * * *', 90], ['*/15 * * * *', 15]),
        (timeZone, year, [cron, longest]) => {
          const { from, to } = parsePeriod(`${year}-03`, timeZone)
          const slots = slotsBetween(cron, timeZone, from, to, 5000)
          for (const [i, slot] of slots.slice(1).entries())
            expect((slot.getTime() - (slots[i] as Date).getTime()) / 60_000).toBeLessThanOrEqual(longest)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('in UTC the slots are those that cron-parser walks to', () => {
    const cron = fc.constantFrom(
      '0 6 1 * *',
      '0 6 13 * 5',
      '7 6 L * *',
      '0 6 * * 5L',
      '0 6 * * 1,5L',
      '0 6 * * FRI#2',
      '0 6 29 2 *',
      '0 6 31 1,3 7',
      '0 6 L * 1',
      '5-50/20 */7 * * 1-5',
      '0 6 1-7 */3 *',
      '0 6 * * 5-7',
      '0 6 */10 * 0',
      '0 6 29 2 1#5',
    )
    fc.assert(
      fc.property(
        cron,
        fc.date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true }),
        (cron, after) => {
          const walk = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: after })
          expect(nextSlots(cron, 'UTC', after, 4)).toEqual([1, 2, 3, 4].map(() => walk.next().toDate()))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('next, previous and between tell the same slots', () => {
    const cron = fc.oneof(
      clockTime.map(([minute, hour]) => `${minute} ${hour} * * *`),
      clockTime.map(([minute, hour]) => `${minute} ${hour} L * *`),
      fc.tuple(clockTime, fc.nat(6)).map(([[minute, hour], weekday]) => `${minute} ${hour} * * ${weekday}`),
      fc
        .tuple(clockTime, fc.integer({ min: 1, max: 31 }))
        .map(([[minute, hour], day]) => `${minute} ${hour} ${day} * *`),
      fc.constantFrom('*/40 * * * *', '*/7 1-3 * * *', '30 0,2,23 * * *'),
    )
    fc.assert(
      fc.property(
        zone,
        cron,
        fc.date({ min: new Date(0), max: new Date('2035-01-01'), noInvalidDate: true }),
        (timeZone, cron, at) => {
          const slots = nextSlots(cron, timeZone, at, 12)
          expect(slots).toHaveLength(12)
          for (const [i, slot] of slots.entries()) {
            expect(previousSlot(cron, timeZone, slot)).toEqual(slot)
            if (i > 0) expect(previousSlot(cron, timeZone, new Date(slot.getTime() - 1))).toEqual(slots[i - 1])
          }
          const [first, last] = [slots[0] as Date, slots[11] as Date]
          expect(slotsBetween(cron, timeZone, first, last)).toEqual(slots.slice(0, 11))
          expect(slotsBetween(cron, timeZone, first, last, 3)).toEqual(slots.slice(0, 3))
        },
      ),
      { numRuns: 150 },
    )
  })
})

const two = (value: number) => String(value).padStart(2, '0')
const clock = (at: Date, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
