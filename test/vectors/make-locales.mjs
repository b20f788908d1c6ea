// Writes templates/locale/data.ts: how dates, numbers and money read in the languages that Bursar speaks, asked once of one
// CLDR. `node test/vectors/make-locales.mjs > templates/locale/data.ts` on a Node whose process.versions.cldr is CLDR below.
import process from 'node:process'

const CLDR = '48.0'
const LANGUAGES = 'en de fr es it pt nl pl cs sv ja zh ko ar he tr'.split(' ')
if (process.versions.cldr !== CLDR) throw new Error(`CLDR ${process.versions.cldr}; expected ${CLDR}`)

const CURRENCIES = Intl.supportedValuesOf('currency')
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const REGIONS = letters.flatMap((a) => letters.map((b) => a + b)).concat('001', '150', '419')
const SCRIPTS = { zh: ['Hans', 'Hant'] }

/** Every tag of a language that the runtime takes. */
function tagsOf(language) {
  const scripts = ['', ...(SCRIPTS[language] ?? [])]
  const tags = scripts.flatMap((script) =>
    ['', ...REGIONS].map((region) => [language, script, region].filter(Boolean).join('-')),
  )
  return Intl.NumberFormat.supportedLocalesOf(tags)
}

const withLatin = (tag) =>
  new Intl.NumberFormat(tag).resolvedOptions().numberingSystem === 'latn' ? [tag] : [tag, `${tag}-u-nu-latn`]

const plain = (text) => text.replaceAll('\u202f', ' ') // V8 does so in times on most Nodes, and on the others not
const digitsOf = (tag) => {
  const text = new Intl.NumberFormat(tag, { useGrouping: false }).format(9876543210)
  const digits = [...text].reverse().join('')
  return digits === '0123456789' ? '' : digits
}
const isDigits = ({ type }) => type === 'integer' || type === 'group' || type === 'decimal' || type === 'fraction'

/** The text of a number with its digits as `#`. */
function frame(parts) {
  const first = parts.findIndex(isDigits)
  const last = parts.findLastIndex(isDigits)
  const text = (some) => some.map(({ type, value }) => (type === 'currency' ? '¤' : value)).join('')
  return `${text(parts.slice(0, first))}#${text(parts.slice(last + 1))}`
}

/** Decimal and group separator, digits of the last group and of those before it, digits that the first group needs at least. */
function separators(of) {
  const long = of(123456789.5)
  const groups = long.filter(({ type }) => type === 'integer').map(({ value }) => [...value].length)
  const least = [1234, 12345, 123456].findIndex((number) => of(number).some(({ type }) => type === 'group')) + 1
  const value = (type) => long.find((part) => part.type === type)?.value ?? ''
  return [value('decimal'), value('group'), groups.at(-1), groups.at(-2) ?? groups.at(-1), least]
}

const partsOf = (tag, options) => {
  const form = new Intl.NumberFormat(tag, options)
  return (number) => form.formatToParts(number)
}

function numberOf(tag) {
  const plain = partsOf(tag)
  const percent = partsOf(tag, { style: 'percent', signDisplay: 'exceptZero' })
  return {
    digits: digitsOf(tag),
    plain: separators(plain),
    count: [1, -1].map((number) => frame(plain(number))),
    percent: [0, -1, 1].map((number) => frame(percent(number))),
  }
}

/** By currency: its symbol, and which of the forms it stands in. What is not listed reads as its code, in the first form. */
function moneyOf(tag) {
  const forms = []
  const symbols = {}
  const form = (currency) => {
    const of = partsOf(tag, { style: 'currency', currency, signDisplay: 'negative', minimumFractionDigits: 1 })
    const one = of(1)
    const symbol = one.find(({ type }) => type === 'currency').value
    const found = JSON.stringify([frame(one), frame(of(-1)), ...separators(of)])
    if (!forms.includes(found)) forms.push(found)
    return [symbol, forms.indexOf(found)]
  }
  form('XXZ') // a code that has no symbol anywhere
  for (const currency of CURRENCIES) {
    const [symbol, index] = form(currency)
    if (symbol !== currency || index !== 0) symbols[currency] = index === 0 ? symbol : [symbol, index]
  }
  return { forms: forms.map((text) => JSON.parse(text)), symbols }
}

/** Short numbers on an axis, by power of ten: the power that is written as 1, and the words by plural. */
function compactOf(tag) {
  const form = new Intl.NumberFormat(tag, { notation: 'compact', maximumSignificantDigits: 3 })
  const plural = new Intl.PluralRules(tag)
  const powers = []
  for (let power = 3; power <= 14; power++) {
    const whole = form.formatToParts(10 ** power).filter(({ type }) => type === 'integer')
    const shift = power - (whole.map(({ value }) => value).join('').length - 1)
    const words = {}
    for (const lead of [1, 1.1, 1.5, 2, 2.5, 3, 5, 6, 9, 1.01, 1.03, 1.11, 1.15, 1.2]) {
      const shown = Number((lead * 10 ** (power - shift)).toPrecision(12))
      const text = frame(form.formatToParts(Number((lead * 10 ** power).toPrecision(12))))
      const kind = plural.select(shown)
      words[kind] ??= text
      if (words[kind] !== text) throw new Error(`${tag} ${shown} ${power}: ${text}, ${words[kind]}`)
    }
    const same = new Set(Object.values(words)).size === 1
    powers.push([shift, same ? Object.values(words)[0] : words])
  }
  return powers
}

const DATES = {
  medium: { dateStyle: 'medium' },
  zoned: { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
  month: { year: 'numeric', month: 'long' },
  long: { day: 'numeric', month: 'long', year: 'numeric' },
  monthShort: { month: 'short' },
  clock: { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
  monthMedium: { month: 'short', year: 'numeric' },
}
const DAY = { day: 'numeric', month: 'long' }

const MONTHS = Array.from({ length: 12 }, (_, month) => month)
const latin = (digits) => (text) =>
  digits ? [...text].map((char) => (digits.includes(char) ? [...digits].indexOf(char) : char)).join('') : text

/** What stands for a field: its name, doubled where it is padded. */
function fieldOf(name, text, number) {
  if (text === String(number)) return number < 10 ? `{${name}}` : `{${name}*}` // padded or not: other numbers tell
  if (text === String(number).padStart(2, '0')) return `{${name}${name}}`
  throw new Error(`${name}: ${text} for ${number}`)
}

const DAYS = [5, 6].flatMap((d) => MONTHS.map((month) => ({ y: 2026, M: month + 1, d })))
const utc = ({ y, M, d, h = 0 }) => new Date(Date.UTC(y, M - 1, d, h, 3))

/** One text for all dates, and the names of the months in it. `partsOf` gives nothing for a date that it has no range from. */
function templateOf(partsOf, endOf, toLatin) {
  const names = []
  const texts = DAYS.flatMap((start) => {
    const parts = partsOf(start)
    if (!parts) return []
    const end = endOf?.(start)
    const text = parts.map((part) => {
      const second = part.source === 'endRange'
      return fieldText({ ...part, value: toLatin(part.value) }, second ? end : start, second ? '2' : '', names)
    })
    return [text.join('')]
  })
  const [text, ...others] = new Set(texts.filter((some) => !some.includes('*')))
  const fits = (some) => [some.replaceAll(/\{(.)\*/g, '{$1'), some.replaceAll(/\{(.)\*/g, '{$1$1')].includes(text)
  if (others.length > 0 || !texts.every(fits)) throw new Error([...new Set(texts)].join(' | '))
  return { text, names }
}

function fieldText({ type, value }, { y, M, d }, suffix, names) {
  const named = (field) => field.replace('}', `${suffix}}`)
  if (type === 'day') return named(fieldOf('d', value, d))
  if (type === 'year') return named(value === String(y) ? '{y}' : '{yy}')
  if (type === 'month' && /^\d+$/.test(value)) return named(fieldOf('M', value, M))
  if (type === 'month') {
    names[M - 1] ??= value
    if (names[M - 1] !== value) throw new Error(`${names[M - 1]}, ${value}`)
    return named('{L}')
  }
  if (type === 'literal') return plain(value)
  const field = { hour: '{h}', minute: '{m}', weekday: '{E}', dayPeriod: '{a}', timeZoneName: '{z}' }[type]
  if (!field) throw new Error(type)
  return field
}

const ENDS = {
  days: ({ y, M, d }) => ({ y, M, d: d + 3 }),
  months: ({ y, M, d }) => (M === 12 ? undefined : { y, M: M + 1, d }),
  years: ({ y, M, d }) => ({ y: y + 1, M, d }),
}

function datesOf(tag, digits) {
  const toLatin = latin(digits)
  const months = []
  const built = new Map() // building one takes a hundred times as long as using it
  const formOf = (options) => {
    const form =
      built.get(options) ?? new Intl.DateTimeFormat(tag, { calendar: 'gregory', timeZone: 'UTC', ...options })
    built.set(options, form)
    return form
  }
  const template = ({ text, names }) => {
    if (names.length === 0) return text
    const known = months.findIndex((list) => String(list) === String(names))
    return [text, known < 0 ? months.push(names) - 1 : known]
  }
  const rangesOf = (options, ends) =>
    Object.fromEntries(
      ends.map((name) => {
        const range = (start) =>
          ENDS[name](start) && formOf(options).formatRangeToParts(utc(start), utc(ENDS[name](start)))
        return [name, template(templateOf(range, ENDS[name], toLatin))]
      }),
    )
  const forms = Object.entries(DATES).map(([name, options]) => {
    const form = formOf(options)
    return [name, template(templateOf((at) => form.formatToParts(utc(at)), undefined, toLatin))]
  })
  const hourly = (name) => MIDNIGHT_ON.map((h) => formOf(DATES[name]).formatToParts(utc({ y: 2026, M: 1, d: 5, h })))
  const hours = (name) => hourly(name).map((parts) => toLatin(textOf(parts, 'hour')))
  if (String(hours('zoned')) !== String(hours('clock'))) throw new Error(`${tag}: ${hours('clock')}`)
  const halves = hourly('zoned').map((parts) => plain(textOf(parts, 'dayPeriod') ?? ''))
  const week = formOf(DATES.weekday)
  return {
    months,
    weekdays: [4, 5, 6, 7, 8, 9, 10].map((d) => textOf(week.formatToParts(utc({ y: 2026, M: 1, d })), 'weekday')),
    forms: Object.fromEntries(forms),
    ranges: { long: rangesOf(DATES.long, ['days', 'months', 'years']), day: rangesOf(DAY, ['days', 'months']) },
    hours: hours('zoned'),
    halves: halves.some(Boolean) ? halves : [],
    zone: zoneNames(tag, toLatin),
  }
}

const MIDNIGHT_ON = Array.from({ length: 24 }, (_, hour) => hour)

const textOf = (parts, wanted) => parts.find(({ type }) => type === wanted)?.value

/** Of UTC, of nothing, and of so many hours before and behind it. */
function zoneNames(tag, toLatin) {
  const name = (timeZone) =>
    toLatin(
      textOf(
        new Intl.DateTimeFormat(tag, { timeZone, hour: 'numeric', timeZoneName: 'short' }).formatToParts(0),
        'timeZoneName',
      ),
    )
  const names = [name('UTC'), name('Etc/GMT'), name('Etc/GMT-1').replace('1', '#'), name('Etc/GMT+1').replace('1', '#')]
  for (const [zone, index, hours] of [
    ['Etc/GMT-12', 2, '12'],
    ['Etc/GMT+11', 3, '11'],
    ['Etc/GMT-9', 2, '9'],
  ]) {
    if (name(zone) !== names[index].replace('#', hours)) throw new Error(`${tag}: ${name(zone)}`)
  }
  return names
}

const pools = { numbers: [], money: [], compact: [], dates: [] }
const pooled = (pool, value) => {
  const text = JSON.stringify(value)
  const index = pool.indexOf(text)
  return index < 0 ? pool.push(text) - 1 : index
}

const all = new Map()
for (const tag of LANGUAGES.flatMap(tagsOf).flatMap(withLatin)) {
  const numbers = numberOf(tag)
  const made = { numbers, money: moneyOf(tag), compact: compactOf(tag), dates: datesOf(tag, numbers.digits) }
  all.set(
    tag,
    Object.entries(made).map(([name, value]) => pooled(pools[name], value)),
  )
}
/** A tag that reads as the one above it is not listed. */
const above = (tag) => (tag.includes('-u-') ? undefined : all.get(tag.slice(0, tag.lastIndexOf('-'))))
const locales = Object.fromEntries([...all].filter(([tag, indexes]) => String(above(tag)) !== String(indexes)))

const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const constant = (name, type, json) => `export const ${name}: ${type} = JSON.parse(\n  ${quoted(json)},\n)\n`
const pool = (name) => `[${pools[name].join(',')}]`
process.stdout.write(`import type { CompactForms, DateForms, MoneyForms, NumberForms } from './forms.ts'

/** Made by test/vectors/make-locales.mjs from CLDR ${CLDR}, not to be edited. By tag the indexes of its forms, in the order below. */
${constant('LOCALES', 'Readonly<Record<string, readonly [number, number, number, number]>>', JSON.stringify(locales))}
${constant('NUMBERS', 'readonly NumberForms[]', pool('numbers'))}
${constant('MONEY', 'readonly MoneyForms[]', pool('money'))}
${constant('COMPACT', 'readonly CompactForms[]', pool('compact'))}
${constant('DATES', 'readonly DateForms[]', pool('dates'))}`)
