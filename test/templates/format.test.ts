import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatChange,
  formatCount,
  formatDate,
  formatDateTime,
  formatMoney,
  formatPercent,
  periodLabel,
  safeLocale,
} from '../../templates/format.ts'

/** Spaces of every width read as one, none around a dash: ICU's releases differ in them. */
const plain = (text: string) => text.replace(/\s/gu, ' ').replace(/ ?– ?/g, '–')

describe('money', () => {
  it.each([
    ['1234567.50', 'USD', 'en-US', '$1,234,567.50'],
    ['1234567.50', 'BRL', 'pt-BR', 'R$ 1.234.567,50'],
    ['-12.30', 'PLN', 'pl-PL', '-12,30 zł'],
    ['1234567.50', 'EUR', 'de-DE', '1.234.567,50 €'],
    ['1234', 'JPY', 'ja-JP', '￥1,234'],
    ['1.234', 'KWD', 'en-US', 'KWD 1.234'],
    ['0.00', 'USD', 'en-US', '$0.00'],
    ['-0.00', 'USD', 'en-US', '$0.00'],
    ['9999999999999999.99', 'USD', 'en-US', '$9,999,999,999,999,999.99'],
    ['12.00', 'JPY', 'en-US', '¥12.00'],
  ])('%s %s in %s reads %s', (amount, currency, locale, text) =>
    expect(plain(formatMoney(amount, currency, locale))).toBe(text),
  )

  it('is exact at any size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat(99), (whole, cents) => {
        const amount = `${whole}.${String(cents).padStart(2, '0')}`
        expect(formatMoney(amount, 'USD', 'en-US').replace(/[$,]/g, '')).toBe(amount)
      }),
    )
  })
})

describe('numbers', () => {
  it('are grouped by locale', () => {
    expect(formatCount(1234567, 'en-US')).toBe('1,234,567')
    expect(formatCount('12345678901234567890.125', 'en-US')).toBe('12,345,678,901,234,567,890.125')
    expect(formatCount(1234567n, 'de-DE')).toBe('1.234.567')
  })

  it('are rates with one decimal, and a dash over nothing', () => {
    expect([formatPercent(23.4, 'en-US'), formatPercent(0, 'en-US'), formatPercent(null, 'en-US')]).toEqual([
      '23.4%',
      '0.0%',
      '–',
    ])
    expect(plain(formatPercent(1234.5, 'de-DE'))).toBe('1.234,5 %')
  })

  it('are changes with a sign', () => {
    expect([23.4, -5, 0, -0, null].map((change) => formatChange(change, 'en-US'))).toEqual([
      '+23.4%',
      '-5.0%',
      '0.0%',
      '0.0%',
      '–',
    ])
  })

  it('show every tenth of a percent as it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -99_999, max: 99_999 }), (tenths) => {
        expect(formatPercent(tenths / 10, 'en-US').replace(',', '')).toBe(`${(tenths / 10).toFixed(1)}%`)
      }),
    )
  })
})

describe('dates', () => {
  it('are those of the time zone, a bare date its own', () => {
    expect(formatDate('2018-07-01T02:30:00Z', 'America/Sao_Paulo', 'en-US')).toBe('Jun 30, 2018')
    expect(formatDate('2018-07-01', 'America/Sao_Paulo', 'en-US')).toBe('Jul 1, 2018')
    expect(formatDate('2018-07-01T12:00:00Z', 'UTC', 'pl-PL')).toBe('1 lip 2018')
  })

  it('carry time and zone', () => {
    expect(plain(formatDateTime('2026-10-31T23:00:00Z', 'Europe/Warsaw', 'en-US'))).toBe('Nov 1, 2026, 12:00 AM GMT+1')
  })

  it('are Gregorian wherever the reader is', () => {
    for (const locale of ['th-TH', 'fa-IR-u-nu-latn', 'ar-SA-u-nu-latn'])
      expect(formatDate('2018-07-15', 'UTC', locale)).toContain('2018')
  })
})

describe('a period', () => {
  it.each([
    ['2018-07', 'en-US', 'July 2018'],
    ['2018-07', 'pl-PL', 'lipiec 2018'],
    ['2018-W42', 'en-US', 'Week 42, 2018 (October 15–21)'],
    ['2018-W42', 'en-GB', 'Week 42, 2018 (15–21 October)'],
    ['2018-W40', 'en-GB', 'Week 40, 2018 (1–7 October)'],
    ['2018-W44', 'en-GB', 'Week 44, 2018 (29 October–4 November)'],
    ['2026-W01', 'en-GB', 'Week 1, 2026 (29 December 2025–4 January 2026)'],
    ['2020-W53', 'en-GB', 'Week 53, 2020 (28 December 2020–3 January 2021)'],
    ['2026-Q3', 'en-US', 'Q3 2026'],
    ['2026', 'en-US', '2026'],
    ['2026-10-05', 'en-US', 'October 5, 2026'],
    ['2026-10-01..2026-10-15', 'en-GB', '1–15 October 2026'],
    ['2025-12-20..2026-01-10', 'en-US', 'December 20, 2025–January 10, 2026'],
  ])('%s in %s reads %s', (key, locale, text) => expect(plain(periodLabel(key, locale))).toBe(text))
})

describe('a locale', () => {
  it.each([
    ['pt-BR', 'pt-BR'],
    ['pt_BR', 'pt-BR'],
    ['PL', 'pl'],
    ['xx-YY', 'en-US'],
    ['not a locale', 'en-US'],
    ['', 'en-US'],
    [null, 'en-US'],
    ['<script>', 'en-US'],
  ])('%j is read as %s', (text, locale) => expect(safeLocale(text)).toBe(locale))

  it('that is none still formats', () => expect(formatMoney('1.00', 'USD', 'nonsense!')).toBe('$1.00'))
})
