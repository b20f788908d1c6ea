import { expect, test } from 'vitest'
import { formatCount, formatDate, formatMoney, formatPercent, periodLabel, safeLocale } from '../../templates/format.ts'
import { localeOf } from '../../templates/locale/locale.ts'
import { tickLabel } from '../../templates/pdf/parts/ticks.ts'

const LOCALES = ['en-US', 'en-IN', 'de-AT', 'es', 'pt-BR', 'pl', 'cs', 'sv', 'ja', 'zh-TW', 'ar-EG', 'he', 'tr']
const CURRENCIES = ['USD', 'EUR', 'JPY', 'KWD', 'CHF', 'BRL', 'SEK', 'XAF']
const AMOUNTS = ['0.00', '-0.05', '1234.50', '12345.60', '-9876543210.12'] as const

/** ICU's own words of the same CLDR, where this runtime has it. */
const isSame = process.versions.cldr === '48.0'
if (!isSame)
  process.stdout.write(
    `the pinned locales are compared on a Node with CLDR 48.0 only; this is ${process.versions.cldr}\n`,
  )

test.runIf(isSame).each(LOCALES)('%s reads as Intl has it in the CLDR that the data are from', (locale) => {
  for (const currency of CURRENCIES) {
    const options = {
      style: 'currency',
      currency,
      signDisplay: 'negative',
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    } as const
    const form = new Intl.NumberFormat(locale, options)
    for (const amount of AMOUNTS) expect(formatMoney(amount, currency, locale)).toBe(form.format(amount))
  }
  for (const count of [0, 7, 999, 1234, 12345, 123456789, -42]) {
    expect(formatCount(count, locale)).toBe(new Intl.NumberFormat(locale).format(count))
  }
  const percent = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, signDisplay: 'negative' })
  for (const value of [0, 12.5, -3.4, 1234.5]) expect(formatPercent(value, locale)).toBe(percent.format(value / 100))
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 })
  for (const value of [0, 2, 15, 950, 999.9, 1000, 1500, 3000, 12_345, 999_999, 2_500_000, 7e9, 1.5e12, 0.25, -1200]) {
    expect(tickLabel(value, locale)).toBe(compact.format(value))
  }
  const date = new Intl.DateTimeFormat(locale, { calendar: 'gregory', timeZone: 'UTC', dateStyle: 'medium' })
  const month = new Intl.DateTimeFormat(locale, {
    calendar: 'gregory',
    timeZone: 'UTC',
    year: 'numeric',
    month: 'long',
  })
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 13 * 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    expect(formatDate(day, 'UTC', locale)).toBe(date.format(at))
    expect(periodLabel(day.slice(0, 7), locale)).toBe(month.format(at))
  }
})

test.each([
  ['pt_BR', 'pt-BR'],
  ['de-XX', 'de-XX'],
  ['ar-EG-u-nu-latn', 'ar-EG'],
  ['ru-RU', 'en-US'],
  ['tlh', 'en-US'],
  ['no locale at all', 'en-US'],
  ['', 'en-US'],
  [null, 'en-US'],
])('%j is read as %s', (text, tag) => expect(safeLocale(text)).toBe(tag))

test('a locale may ask for the digits of ASCII', () => {
  expect(formatCount(1234.5, 'ar-EG')).toBe('١٬٢٣٤٫٥')
  expect(formatCount(1234.5, 'ar-EG-u-nu-latn')).toBe('1,234.5')
  expect(localeOf('ar-EG-u-nu-latn').dates.months[0]?.[0]).toBe(localeOf('ar-EG').dates.months[0]?.[0])
})

test('an amount is written whole, however long', () => {
  expect(formatMoney('-123456789012345678901234567890.123', 'KWD', 'en-US')).toBe(
    '-KWD\u00a0123,456,789,012,345,678,901,234,567,890.123',
  )
  expect(formatMoney('1.5', 'ZZZ', 'de')).toBe('1,5\u00a0ZZZ')
})
