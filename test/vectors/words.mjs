// Prints a digest of how dates, times, periods, money and numbers read in each language, by the compiled program:
// `npm run build && for n in 20 22 24 26; do npx -y node@$n test/vectors/words.mjs | sha256sum; done` must print one digest
// four times. Russian stands for the languages that are not spoken, which read as English. What a language reads as on purpose stands in test/templates/pinned.json; `… words.mjs ja` prints its texts.
import { createHash } from 'node:crypto'
import * as format from '../../dist/templates/format.js'
import * as ticks from '../../dist/templates/pdf/parts/ticks.js'

const LANGUAGES =
  'en en-US en-GB en-AU en-CA en-IN de de-DE de-AT de-CH fr fr-FR fr-CH fr-CA fr-BE es es-ES es-MX es-AR it it-IT it-CH pt pt-BR pt-PT ' +
  'nl nl-NL pl pl-PL cs sv sv-SE ja ja-JP zh zh-CN zh-TW ko ko-KR ar ar-EG ar-SA he tr ru'
const MONTHS = Array.from({ length: 12 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`)
const PERIODS = ['2026-W42', '2026-Q3', '2026', '2026-10-05', '2026-10-01..2026-10-15', '2025-12-20..2026-01-05']
const ZONES = [
  'UTC',
  'Europe/Warsaw',
  'Europe/London',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Marquesas',
  'Pacific/Apia',
]
const CURRENCIES =
  'USD EUR GBP JPY KRW CHF PLN CZK SEK NOK DKK BRL CNY INR AUD CAD MXN KWD ILS TRY HUF IDR COP PKR RSD VND ZAR SAR AED'
const AMOUNTS = ['1234567.50', '-0.05', '1000', '12345', '-9876543210.123']
const NUMBERS = [0, 1, 999, 1234, 12345, 1234567.891, -5]
const PERCENTS = [0, 23.4, -5, 1234.5, null]

function* textsIn(locale) {
  for (const month of MONTHS) {
    yield format.periodLabel(month, locale)
    yield format.formatDate(`${month}-05`, 'UTC', locale)
    yield format.formatDateTime(`${month}-05T14:03:00Z`, 'Europe/Warsaw', locale)
    yield ticks.monthShort(month, locale)
    yield ticks.monthMedium(month, locale)
  }
  for (const period of PERIODS) yield format.periodLabel(period, locale)
  for (const zone of ZONES) yield format.formatDateTime('2026-11-05T04:03:00Z', zone, locale)
  for (const currency of CURRENCIES.split(' '))
    for (const amount of AMOUNTS) yield format.formatMoney(amount, currency, locale)
  for (const number of NUMBERS) yield format.formatCount(number, locale)
  for (const percent of PERCENTS)
    yield `${format.formatPercent(percent, locale)} ${format.formatChange(percent, locale)}`
  for (const value of [0, 950, 1200, 35_000, 1_500_000, 2e9]) yield ticks.tickLabel(value, locale)
}

const [only] = process.argv.slice(2)
const digest = (locale) =>
  createHash('sha256')
    .update([...textsIn(locale)].join('\n'))
    .digest('hex')
    .slice(0, 16)
if (only) console.log([...textsIn(only)].join('\n'))
else
  console.log(
    JSON.stringify(Object.fromEntries(LANGUAGES.split(' ').map((locale) => [locale, digest(locale)])), null, 2),
  )
