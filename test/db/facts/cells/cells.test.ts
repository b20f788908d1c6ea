import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CellType } from '../../../../db/facts/cells/cell.ts'
import { bigInteger, decimal, integer, money } from '../../../../db/facts/cells/numbers.ts'
import * as texts from '../../../../db/facts/cells/text.ts'
import { date, instant } from '../../../../db/facts/cells/time.ts'
import { bytesOf } from '../../../../db/facts/read/bytes.ts'

const read = (type: CellType, cell: string, place = 'UTC') => type.reader({ place })(bytesOf(cell))

describe('instants', () => {
  test.each([
    '2026-10-05T14:30:00Z',
    '2026-10-05T14:30:00.123456Z',
    '2026-10-05T14:30Z',
    '2024-02-29T00:00:00+02:00',
    '2026-10-05T23:59:59-0330',
    '2026-10-05T14:30:00+02',
  ])('takes %s as it is', (cell) => {
    expect(read(instant, cell)).toBe(cell)
  })

  test.each([
    'yesterday',
    '2026-02-30',
    '2026-02-29',
    '2100-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-10-00',
    '0000-10-05',
    '26-10-05',
    '2026-1-5',
    '05.10.2026',
    '2026-10-05 ',
    '2026-10-05T14:30:00',
    '2026-10-05 14:30:00Z',
    '2026-10-05T24:00:00Z',
    '2026-10-05T14:60:00Z',
    '2026-10-05T14:30:60Z',
    '2026-10-05T14Z',
    '2026-10-05T14:30:00+15:00',
    '2026-10-05T14:30:00 +02:00',
    '2026-02-30T10:00:00Z',
    '1767225600',
    'infinity',
    'now',
  ])('refuses %s', (cell) => {
    expect(read(instant, cell)).toBeUndefined()
  })

  test('cuts what is finer than a microsecond, so that it stays in its period', () => {
    expect(read(instant, '2026-10-31T23:59:59.999999999Z')).toBe('2026-10-31T23:59:59.999999Z')
  })

  test.each([
    ['Europe/Warsaw', '2026-10-05', '2026-10-04T22:00:00Z'],
    ['America/Sao_Paulo', '2017-10-15', '2017-10-15T03:00:00Z'], // midnight does not exist
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00Z'], // 23:00 to 24:00 was there twice before
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z'], // midnight exists twice
    ['Asia/Beirut', '2024-03-31', '2024-03-30T22:00:00Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z'], // the whole day does not exist
  ])('a date alone begins with its first instant in %s', (timeZone, cell, start) => {
    expect(read(instant, cell, timeZone)).toBe(start)
  })

  test('takes every date that there is and no other', () => {
    const part = (max: number) => fc.integer({ min: 0, max })
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), part(13), part(32), (year, month, day) => {
        const cell = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
        const exists = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10) === cell
        expect(read(date, cell) === cell).toBe(exists)
      }),
      { numRuns: 1000 },
    )
  })
})

describe.each<[string, CellType, string[], string[]]>([
  [
    'money',
    money(),
    ['0', '12', '12.5', '12.50', '-12.00', '007.10'],
    ['12,50', '1.0.0', '+1', '.5', '5.', '1e3', ' 1', '1 ', '$1', 'NaN', '--1', '-', '1'.repeat(19)],
  ],
  ['money above zero', money('positive'), ['0.01'], ['0', '0.00', '-1', '-0']],
  ['money not below zero', money('not negative'), ['0', '-0.00', '1'], ['-0.01']],
  ['quantities', decimal(), ['1', '0.000000000001', '-3'], ['1.0000000000001', 'x', '∞', '0x10', 'Infinity']],
  ['rates', decimal('positive'), ['1.10'], ['0', '-1']],
  ['counts', integer({ min: 0 }), ['0', '2147483647', '007'], ['-1', '2147483648', '1.0', '1e3', '']],
  [
    'ids',
    bigInteger(),
    ['9007199254740991', '-5'],
    ['9007199254740992', '9007199254740993', '1'.repeat(18), 'a1', '٣'],
  ],
  ['identifiers', texts.identifier, ['x'.repeat(512), 'ż'], ['x'.repeat(513)]],
  ['words', texts.oneOf('paid', 'pending'), ['paid'], ['Paid', 'paid ', 'x', 'constructor']],
  [
    'UUIDs',
    texts.uuid,
    ['c9a7d4e2-5b1f-5c3a-9e60-7d2b8f41a6c5', 'C9A7D4E2-5B1F-5C3A-9E60-7D2B8F41A6C5'],
    ['c9a7d4e25b1f5c3a9e607d2b8f41a6c5', 'x'],
  ],
  ['colors', texts.color, ['#00aaFF'], ['00aaff', '#fff', 'red']],
  ['months', texts.month, ['2026-10'], ['2026-13', '2026-1', '2026-10-01']],
  ['currencies', texts.currency, ['USD', 'JPY'], ['usd', 'XXZ', 'US', 'EURO']],
  [
    'time zones',
    texts.timeZone,
    ['UTC', 'Europe/Warsaw', 'America/Argentina/Buenos_Aires'],
    ['Mars/Base', '+02:00', 'CEST', "x'y"],
  ],
  ['locales', texts.locale, ['en-US', 'pt-BR', 'zh-Hans-CN', 'ar'], ['en_US', 'x', 'żółw']],
])('%s', (_, type, good, bad) => {
  test.each(good)('takes %s', (cell) => {
    expect(read(type, cell)).toBeDefined()
  })
  test.each(bad)('refuses %s', (cell) => {
    expect(read(type, cell)).toBeUndefined()
  })
})

test('booleans are written in six ways', () => {
  expect(['true', '1', 'yes', 'TRUE', 'false', '0', 'no', 'No'].map((cell) => read(texts.boolean, cell))).toEqual(
    'ttttffff'.split(''),
  )
  expect(['x', 't', '2', 'ja'].map((cell) => read(texts.boolean, cell))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('lists are joined by | and know their words', () => {
  expect(read(texts.listOf(), 'a|b "c"')).toBe('{"a","b \\\\"c\\\\""}')
  expect(read(texts.listOf(), 'a||b')).toBeUndefined()
  expect(read(texts.listOf('affiliate', 'solution'), 'solution|affiliate')).toBe('{"solution","affiliate"}')
  expect(read(texts.listOf('affiliate', 'solution'), 'solution|other')).toBeUndefined()
})

test('a text of more than 1 MiB is refused', () => {
  expect(read(texts.text, 'x'.repeat(1024 * 1024))).toBeDefined()
  expect(read(texts.text, 'x'.repeat(1024 * 1024 + 1))).toBeUndefined()
})
