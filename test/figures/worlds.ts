import type { Facts, Shape } from './facts.ts'
import { program } from './program.ts'

export interface World extends Shape {
  /** Period keys to be reckoned: of every kind, days of 23 and 25 hours, borders in gaps and overlaps. */
  readonly periods: readonly string[]
}

const shape = (
  account: number,
  zone: string,
  currency: string,
  decimals: number,
  minimum: string,
  holdDays: number,
) => ({
  account,
  zone,
  currency,
  decimals,
  minimum,
  holdDays,
  seed: account * 11,
})

export const WORLDS: readonly World[] = [
  {
    ...shape(1, 'Europe/Warsaw', 'USD', 2, '50.00', 0),
    borders: ['2026-03-01', '2026-03-29', '2026-03-30', '2026-04-01', '2026-03-23'],
    start: '2025-02-01',
    end: '2026-06-30',
    periods: ['2026-03', '2026-W13', '2026-03-29', '2026-Q1', '2026-03-10..2026-03-29', '2025-10-26', '2025'],
  },
  {
    ...shape(2, 'America/Sao_Paulo', 'BRL', 2, '80.00', 30),
    borders: ['2018-11-01', '2018-11-04', '2018-11-05', '2018-12-01', '2018-02-17', '2018-02-18', '2018-10-29'],
    start: '2017-10-01',
    end: '2019-01-31',
    periods: ['2018-11', '2018-W44', '2018-11-04', '2018-02-17', '2018-Q4', '2018-11-04..2018-11-30'],
  },
  {
    ...shape(3, 'Asia/Tokyo', 'JPY', 0, '5000', 7),
    borders: ['2026-02-01', '2026-02-02', '2026-02-09', '2026-03-01'],
    start: '2025-01-01',
    end: '2026-05-30',
    periods: ['2026-02', '2026-W06', '2026-Q1', '2026-02-28'],
  },
  {
    ...shape(4, 'Asia/Kuwait', 'KWD', 3, '5.5', 0),
    borders: ['2026-02-01', '2026-02-02', '2026-02-09', '2026-03-01'],
    start: '2025-01-01',
    end: '2026-05-30',
    periods: ['2026-02', '2026-W06'],
  },
  {
    ...shape(5, 'America/Asuncion', 'USD', 2, '50.00', 1),
    borders: ['2017-10-01', '2017-10-02', '2017-11-01', '2017-09-25', '2017-03-26'],
    start: '2016-10-01',
    end: '2017-12-31',
    periods: ['2017-10', '2017-W39', '2017-10-01', '2017-03-26', '2017-03-25'],
  },
  {
    // 2020, the last time that a month began with two midnights by rules that every runtime knows
    ...shape(6, 'America/Havana', 'EUR', 2, '50.00', 1),
    borders: ['2020-11-01', '2020-10-26', '2020-11-02', '2020-10-01', '2020-12-01'],
    start: '2019-10-01',
    end: '2020-12-31',
    periods: ['2020-10', '2020-W44', '2020-11-01'],
  },
]

export const factsOf = (world: World): Facts => program(world)
