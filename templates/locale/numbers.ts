import type { Separators } from './forms.ts'
import { type Locale, localeOf } from './locale.ts'

/** "1234567.50" BRL → "R$ 1.234.567,50": exact at any size, with as many digits as the text has. */
export function moneyText(amount: string, currency: string, tag: string): string {
  const locale = localeOf(tag)
  const { forms, symbols } = locale.money
  const listed = symbols[currency] ?? currency
  const [symbol, index] = typeof listed === 'string' ? [listed, 0] : listed
  const [positive, negative, ...separators] = forms[index] ?? forms[0] ?? ['¤#', '-¤#', ...locale.numbers.plain]
  const text = grouped(unsigned(amount), separators, locale)
  return (isNegative(amount) ? negative : positive).replace('¤', () => symbol).replace('#', () => text)
}

/** A decimal text with its own digits, grouped. */
export function decimalText(decimal: string, tag: string): string {
  const locale = localeOf(tag)
  const [positive, negative] = locale.numbers.count
  const text = grouped(unsigned(decimal), locale.numbers.plain, locale)
  return (decimal.startsWith('-') ? negative : positive).replace('#', () => text)
}

/** A percentage to one digit; `signed`: with a plus where it grew. */
export function percentText(percent: number, tag: string, { signed }: { signed: boolean }): string {
  const locale = localeOf(tag)
  const [none, negative, positive] = locale.numbers.percent
  const decimal = percent.toFixed(1)
  const frame = isNegative(decimal) ? negative : signed && /[1-9]/.test(decimal) ? positive : none
  const text = grouped(unsigned(decimal), locale.numbers.plain, locale)
  return frame.replace('#', () => text)
}

/** A number of at most three digits that count, short: 1500 → "1.5K". */
export function compactText(value: number, tag: string): string {
  const locale = localeOf(tag)
  const rounded = Number(Math.abs(value).toPrecision(3))
  const power = rounded < 1 ? 0 : Math.floor(Math.log10(rounded) + 1e-12)
  const [shift, words] = locale.compact[Math.min(power, 14) - 3] ?? [0, '#']
  const shown = Number((rounded / 10 ** shift).toPrecision(3))
  const frame = typeof words === 'string' ? words : (words[pluralOf(tag, shown)] ?? words.other ?? '#')
  const text = grouped(plainDecimal(shown), sparing(locale.numbers.plain), locale)
  const [positive, negative] = locale.numbers.count
  const whole = frame.replace('#', () => text)
  return value < 0 && rounded !== 0 ? negative.replace('#', () => whole) : positive.replace('#', () => whole)
}

/** The digits of the locale in place of ASCII's. */
export function localDigits(text: string, { numbers: { digits } }: Locale): string {
  return digits ? text.replace(/\d/g, (digit) => digits[Number(digit)] ?? digit) : text
}

/** Short numbers are grouped from five digits on, whatever the locale does with others (CLDR, compact notation). */
const sparing = ([point, separator, last, other, least]: Separators): Separators => [
  point,
  separator,
  last,
  other,
  Math.max(2, least),
]

const isNegative = (decimal: string): boolean => decimal.startsWith('-') && /[1-9]/.test(decimal)
const unsigned = (decimal: string): string => (decimal.startsWith('-') ? decimal.slice(1) : decimal)

/** No exponent: what is shown has at most 15 digits before the point. */
const plainDecimal = (value: number): string => (value >= 1e21 ? BigInt(value).toString() : String(value))

function grouped(
  decimal: string,
  [point, separator, last, other, least]: Separators | readonly [...Separators],
  locale: Locale,
): string {
  const [whole = '0', fraction] = decimal.split('.')
  const text = localDigits(withGroups(whole.replace(/^0+(?=\d)/, ''), separator, last, other, least), locale)
  return fraction ? `${text}${point}${localDigits(fraction, locale)}` : text
}

function withGroups(digits: string, separator: string, last: number, other: number, least: number): string {
  if (digits.length < last + least) return digits
  const groups = [digits.slice(-last)]
  for (let end = digits.length - last; end > 0; end -= other)
    groups.unshift(digits.slice(Math.max(0, end - other), end))
  return groups.join(separator)
}

const rules = new Map<string, Intl.PluralRules>()

function pluralOf(tag: string, value: number): string {
  const language = localeOf(tag).tag
  const rule = rules.get(language) ?? new Intl.PluralRules(language)
  rules.set(language, rule)
  return rule.select(value)
}
