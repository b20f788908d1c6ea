import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bucketsOf,
  describePeriod,
  type Grain,
  isoInstant,
  isTimeZone,
  lastClosedPeriod,
  localDate,
  monthsBefore,
  nextPeriod,
  PeriodError,
  parsePeriod,
  periodContaining,
  periodHours,
  previousPeriod,
  resolvePeriod,
  startOfLocalDay,
} from '../../../jobs/calendar/period.ts'

const bounds = (key: string, timeZone: string) => {
  const { from, to } = parsePeriod(key, timeZone)
  return `${isoInstant(from)} ${isoInstant(to)}`
}

describe('a key in a time zone', () => {
  it.each([
    ['2026-10', 'Europe/Warsaw', '2026-09-30T22:00:00Z 2026-10-31T23:00:00Z', 745],
    ['2027-03-28', 'Europe/Warsaw', '2027-03-27T23:00:00Z 2027-03-28T22:00:00Z', 23],
    ['2018-07', 'America/Sao_Paulo', '2018-07-01T03:00:00Z 2018-08-01T03:00:00Z', 744],
    ['2018-W42', 'America/Sao_Paulo', '2018-10-15T03:00:00Z 2018-10-22T03:00:00Z', 168],
    ['2017-11', 'America/Sao_Paulo', '2017-11-01T02:00:00Z 2017-12-01T02:00:00Z', 720],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z 2018-11-05T02:00:00Z', 23], // no midnight
    ['2025-11-02', 'America/Havana', '2025-11-02T04:00:00Z 2025-11-03T05:00:00Z', 25], // two midnights
    // What the law says since 2026, whatever the runtime knows of it
    ['2026-11', 'America/Havana', '2026-11-01T04:00:00Z 2026-12-01T04:00:00Z', 720],
    ['2026-11', 'America/Vancouver', '2026-11-01T07:00:00Z 2026-12-01T07:00:00Z', 720],
    ['2026-11', 'America/Edmonton', '2026-11-01T06:00:00Z 2026-12-01T06:00:00Z', 720],
    ['2026-11', 'America/Inuvik', '2026-11-01T06:00:00Z 2026-12-01T06:00:00Z', 720],
    ['2026-11', 'America/Winnipeg', '2026-11-01T05:00:00Z 2026-12-01T05:00:00Z', 720],
    ['2026-09', 'Africa/Casablanca', '2026-08-31T23:00:00Z 2026-10-01T00:00:00Z', 721],
    ['2026-10', 'Africa/El_Aaiun', '2026-10-01T00:00:00Z 2026-11-01T00:00:00Z', 744],
    ['3000-07', 'Europe/Warsaw', '3000-06-30T22:00:00Z 3000-07-31T22:00:00Z', 744], // beyond what the data write out
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00Z 2011-12-30T10:00:00Z', 0], // skipped
    ['2011-12-29', 'Pacific/Apia', '2011-12-29T10:00:00Z 2011-12-30T10:00:00Z', 24],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00Z 2011-12-31T10:00:00Z', 24],
    ['2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30:00Z 2026-10-04T13:00:00Z', 23.5],
    ['2027-04-04', 'Australia/Lord_Howe', '2027-04-03T13:00:00Z 2027-04-04T13:30:00Z', 24.5],
    ['1919-03-31', 'America/Toronto', '1919-03-31T04:30:00Z 1919-04-01T04:00:00Z', 23.5], // 23:30 to 00:30
    ['2026-Q3', 'UTC', '2026-07-01T00:00:00Z 2026-10-01T00:00:00Z', 2208],
    ['2026', 'UTC', '2026-01-01T00:00:00Z 2027-01-01T00:00:00Z', 8760],
    ['2020-W53', 'UTC', '2020-12-28T00:00:00Z 2021-01-04T00:00:00Z', 168],
    ['2026-10-01..2026-10-15', 'UTC', '2026-10-01T00:00:00Z 2026-10-16T00:00:00Z', 360],
    ['2026-10-01..2026-10-01', 'UTC', '2026-10-01T00:00:00Z 2026-10-02T00:00:00Z', 24],
  ])('%s in %s is [%s)', (key, timeZone, expected, hours) => {
    expect(bounds(key, timeZone)).toBe(expected)
    expect(periodHours(parsePeriod(key, timeZone))).toBe(hours)
  })

  it.each([
    '2025-02-30',
    '2025-W53',
    '2025-W00',
    '2025-13',
    '2025-00',
    '2025-Q5',
    '0000',
    '0000-12-31',
    '2026-10-15..2026-10-01',
    '2026-10-01..2026-02-30',
    '2026-1',
    '2026-w42',
    '2026-10-1',
    ' 2026-10',
    '2026-10\n',
    '2026-10-01...2026-10-15',
    '20261',
    '+002026',
    '-2026',
    '٢٠٢٦',
    'last-month',
    '',
  ])('%j is refused, named, with what was expected', (key) => {
    expect(() => parsePeriod(key, 'UTC')).toThrow(PeriodError)
    expect(() => parsePeriod(key, 'UTC')).toThrow(`period ${JSON.stringify(key)}: expected a period such as 2026-10`)
  })

  it.each(['Mars/Olympus', '', '+02:00', 'Europe/Warsaw '])('time zone %j is refused', (timeZone) => {
    expect(isTimeZone(timeZone)).toBe(false)
    expect(() => parsePeriod('2026-10', timeZone)).toThrow(`time zone ${JSON.stringify(timeZone)}`)
  })

  it('ends with the year 9999', () => {
    expect(describePeriod(parsePeriod('9999', 'UTC'))).toMatchObject({ previous: '9998', next: null })
    expect(describePeriod(parsePeriod('0001-W01', 'UTC'))).toMatchObject({ previous: null, next: '0001-W02' })
    expect(() => nextPeriod(parsePeriod('9999-12-31', 'UTC'))).toThrow(PeriodError)
  })
})

describe('neighbours', () => {
  it.each([
    ['2026-10', '2026-09', '2026-11'],
    ['2026-12', '2026-11', '2027-01'],
    ['2020-W53', '2020-W52', '2021-W01'],
    ['2024-02-29', '2024-02-28', '2024-03-01'],
    ['2026-Q4', '2026-Q3', '2027-Q1'],
    ['2026', '2025', '2027'],
    ['2026-10-01..2026-10-15', '2026-09-16..2026-09-30', '2026-10-16..2026-10-30'],
    ['2024-02-01..2024-02-29', '2024-01-03..2024-01-31', '2024-03-01..2024-03-29'],
  ])('of %s are %s and %s', (key, previous, next) => {
    const period = parsePeriod(key, 'Europe/Warsaw')
    expect([previousPeriod(period).key, nextPeriod(period).key]).toEqual([previous, next])
  })

  it('are described with the key as the command line prints it', () => {
    expect(describePeriod(parsePeriod('2026-10', 'Europe/Warsaw'))).toEqual({
      key: '2026-10',
      time_zone: 'Europe/Warsaw',
      from: '2026-09-30T22:00:00Z',
      to: '2026-10-31T23:00:00Z',
      hours: 745,
      previous: '2026-09',
      next: '2026-11',
    })
  })
})

describe('words', () => {
  const now = new Date('2026-11-01T03:30:00Z') // still October in New York
  it.each([
    ['last-month', 'Europe/Warsaw', '2026-10'],
    ['last-month', 'America/New_York', '2026-09'],
    ['last-week', 'Europe/Warsaw', '2026-W43'],
    ['yesterday', 'Europe/Warsaw', '2026-10-31'],
    ['yesterday', 'America/New_York', '2026-10-30'],
    ['2026-Q3', 'Europe/Warsaw', '2026-Q3'],
  ])('%s in %s is %s', (text, timeZone, key) => expect(resolvePeriod(text, now, timeZone)).toBe(key))

  it('refuses what is neither word nor key', () => {
    expect(() => resolvePeriod('last-year', now, 'UTC')).toThrow(
      'period "last-year": expected last-month, last-week, yesterday or a period such as',
    )
    expect(() => resolvePeriod('2026-10', now, 'Mars/Olympus')).toThrow('time zone "Mars/Olympus"')
  })
})

describe('the calendar around a period', () => {
  const keys = (periods: readonly { key: string }[]) => periods.map(({ key }) => key)

  it('touches whole buckets', () => {
    expect(keys(bucketsOf(parsePeriod('2026-10', 'Europe/Warsaw'), 'week'))).toEqual([
      '2026-W40',
      '2026-W41',
      '2026-W42',
      '2026-W43',
      '2026-W44',
    ])
    expect(keys(bucketsOf(parsePeriod('2026-01-31..2026-03-01', 'UTC'), 'month'))).toEqual([
      '2026-01',
      '2026-02',
      '2026-03',
    ])
    expect(keys(bucketsOf(parsePeriod('2026', 'UTC'), 'quarter'))).toEqual(['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'])
  })

  it('keeps a skipped day among the buckets, and an empty period has none', () => {
    const days = bucketsOf(parsePeriod('2011-12', 'Pacific/Apia'), 'day')
    expect(days).toHaveLength(31)
    expect(days.filter(({ from, to }) => from >= to).map(({ key }) => key)).toEqual(['2011-12-30'])
    expect(bucketsOf(parsePeriod('2011-12-30', 'Pacific/Apia'), 'day')).toEqual([])
  })

  it('is not cut without a word', () => {
    expect(() => bucketsOf(parsePeriod('0001-01-01..9999-12-31', 'UTC'), 'day')).toThrow('at most 20000 days')
  })

  it('reaches back in months', () => {
    expect(keys(monthsBefore(parsePeriod('2026-01', 'Europe/Warsaw'), 3))).toEqual(['2025-11', '2025-12', '2026-01'])
    expect(keys(monthsBefore(parsePeriod('2026-W40', 'Europe/Warsaw'), 2))).toEqual(['2026-09', '2026-10'])
    expect(keys(monthsBefore(parsePeriod('2026', 'Europe/Warsaw'), 12))).toHaveLength(12)
  })

  it('has one last closed period, that of a boundary included', () => {
    const boundary = new Date('2026-10-31T23:00:00Z')
    expect(lastClosedPeriod('month', boundary, 'Europe/Warsaw').key).toBe('2026-10')
    expect(lastClosedPeriod('month', new Date(boundary.getTime() - 1), 'Europe/Warsaw').key).toBe('2026-09')
    expect(lastClosedPeriod('week', new Date('2026-11-23T05:00:00Z'), 'Europe/Warsaw').key).toBe('2026-W47')
  })

  it('knows no period of the grain range', () => {
    expect(() => periodContaining('range', new Date(0), 'UTC')).toThrow(PeriodError)
  })

  it('counts a date that the clock showed again as the one that had begun', () => {
    // St John's 2010-11-07: 00:00, 00:01 → 23:01 of the 6th, 00:00 again
    const again = new Date('2010-11-07T02:45:00Z')
    expect(isoInstant(startOfLocalDay('2010-11-07', 'America/St_Johns'))).toBe('2010-11-07T02:30:00Z')
    expect(localDate(again, 'America/St_Johns')).toBe('2010-11-07')
  })
})

describe('in every time zone', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const zone = fc.constantFrom(...zones)
  const grain = fc.constantFrom<Grain>('day', 'week', 'month', 'quarter', 'year')
  const instant = fc.date({
    min: new Date('1890-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  })

  it('neighbours share their boundary and lead back', () => {
    fc.assert(
      fc.property(zone, grain, instant, (timeZone, grain, at) => {
        const period = periodContaining(grain, at, timeZone)
        expect(nextPeriod(period).from).toEqual(period.to)
        expect(previousPeriod(period).to).toEqual(period.from)
        expect(previousPeriod(nextPeriod(period))).toEqual(period)
      }),
      { numRuns: 1500 },
    )
  })

  it('every instant is in exactly the period that is found for it', () => {
    fc.assert(
      fc.property(zone, grain, instant, (timeZone, grain, at) => {
        const period = periodContaining(grain, at, timeZone)
        const holds = [previousPeriod(period), period, nextPeriod(period)].filter(
          ({ from, to }) => from <= at && at < to,
        )
        expect(holds).toEqual([period])
        expect(parsePeriod(period.key, timeZone)).toEqual(period)
      }),
      { numRuns: 1500 },
    )
  })

  it('buckets join up and cover the period', () => {
    fc.assert(
      fc.property(zone, instant, fc.nat(60), (timeZone, at, days) => {
        const last = new Date(at.getTime() + days * 86_400_000)
        const period = parsePeriod(`${localDate(at, timeZone)}..${localDate(last, timeZone)}`, timeZone)
        const buckets = bucketsOf(period, 'week')
        expect((buckets[0]?.from ?? 0) <= period.from && (buckets.at(-1)?.to ?? 0) >= period.to).toBe(true)
        for (const [i, bucket] of buckets.entries()) expect(bucket.from).toEqual(buckets[i - 1]?.to ?? bucket.from)
      }),
      { numRuns: 300 },
    )
  })

  it('a local day starts where the wall clock first shows its date', () => {
    const at = fc.sample(instant, { numRuns: zones.length, seed: 20261120 })
    for (const [i, timeZone] of zones.entries()) {
      if (NEW_RULES.has(timeZone)) continue // the runtime may not know them yet
      const date = (at[i] as Date).toISOString().slice(0, 10)
      expect(isoInstant(startOfLocalDay(date, timeZone)), `${date} ${timeZone}`).toBe(firstShown(date, timeZone))
    }
  })

  it.each([
    ['2018-11-04', 'America/Sao_Paulo'],
    ['2025-11-02', 'America/Havana'],
    ['2011-12-30', 'Pacific/Apia'],
    ['1969-10-01', 'Pacific/Kwajalein'],
    ['2010-11-07', 'America/St_Johns'],
    ['1919-03-31', 'America/Toronto'],
    ['2023-10-01', 'America/Asuncion'],
    ['2027-04-04', 'Australia/Lord_Howe'],
  ])('so does %s in %s', (date, timeZone) => {
    expect(isoInstant(startOfLocalDay(date, timeZone))).toBe(firstShown(date, timeZone))
  })
})

/** Zones whose rules of 2026 are younger than what a supported runtime carries; Gaza's are dated, and Intl ends them in 2038. */
const NEW_RULES = new Set(
  ['Vancouver', 'Edmonton', 'Inuvik', 'Winnipeg', 'Havana']
    .map((city) => `America/${city}`)
    .concat(['Africa/Casablanca', 'Africa/El_Aaiun', 'Europe/Chisinau']),
)

/** By Intl alone: walk minute by minute to the first one of the date (or a later one, if it was skipped), then to the second. */
function firstShown(date: string, timeZone: string): string {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const shown = (at: number) => clock.format(at) >= date
  let at = Date.parse(`${date}T00:00:00Z`) - 16 * 3_600_000
  while (!shown(at)) at += 60_000
  while (shown(at - 1000)) at -= 1000
  return isoInstant(new Date(at))
}
