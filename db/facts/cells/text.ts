import { parseAddress, parseMailbox } from '../../values/address.ts'
import { payPalReceiver } from '../../values/paypal.ts'
import { isTimeZone } from '../../values/zone.ts'
import { textOf } from '../read/bytes.ts'
import { type CellType, cellType, forCopy } from './cell.ts'

const LONGEST_TEXT = 1024 * 1024
/** What a B-tree page takes, with three such columns in one key. */
const LONGEST_KEY = 512

/** Any text, kept exactly. */
export const text = cellType('text', 'text of at most 1 MiB', (cell) =>
  cell.length <= LONGEST_TEXT ? forCopy(cell) : undefined,
)

/** Text that identifies a row or refers to one. */
export const identifier = cellType('text', 'text of at most 512 bytes', (cell) =>
  cell.length <= LONGEST_KEY ? forCopy(cell) : undefined,
)

/** A file in a folder that is given: nothing of it leads out. */
export const fileName = cellType('text', 'a plain file name such as acme.png', (cell) => {
  const name = textOf(cell)
  return /^(?!\.)[^/\\\p{Cc}]{1,255}$/u.test(name) ? forCopy(cell) : undefined
})

/** One word of a list. */
export function oneOf(...words: readonly string[]): CellType {
  const known = new Set(words)
  return cellType('text', `one of ${words.join(', ')}`, (cell) => (known.has(cell) ? cell : undefined))
}

/** Values joined by `|`: of a list, or any where no list is given. */
export function listOf(...words: readonly string[]): CellType {
  const expected = words.length ? `${words.join(', ')}, joined by |` : 'values joined by |, none of them empty'
  return cellType('text[]', expected, (cell) => {
    const values = cell.split('|')
    const good = (value: string) => value !== '' && (words.length === 0 || words.includes(value))
    if (cell.length > LONGEST_TEXT || !values.every(good)) return undefined
    return forCopy(`{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`)
  })
}

const BOOLEANS: Record<string, string> = { true: 't', yes: 't', '1': 't', false: 'f', no: 'f', '0': 'f' }

export const boolean = cellType('boolean', 'true or false (1, 0, yes, no)', (cell) =>
  cell.length <= 5 ? BOOLEANS[cell.toLowerCase()] : undefined,
)

export const uuid = matching('uuid', 'a UUID', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)

export const color = matching('text', 'a color as #rrggbb', /^#[0-9a-f]{6}$/i)

export const month = matching('text', 'a month as 2026-10', /^\d{4}-(?:0[1-9]|1[0-2])$/)

function matching(sql: string, expected: string, pattern: RegExp): CellType {
  return cellType(sql, expected, (cell) => (cell.length <= 64 && pattern.test(cell) ? cell : undefined))
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

export const currency = cellType('text', 'an ISO 4217 currency code', (cell) =>
  CURRENCIES.has(cell) ? cell : undefined,
)

export const timeZone = cellType('text', 'an IANA time zone that the tz data know', (cell) =>
  isTimeZone(cell) ? cell : undefined,
)

export const locale = cellType('text', 'a BCP 47 language tag', (cell) => (isLocale(cell) ? cell : undefined))

/** Where a person is reached. One that cannot be is no reason to refuse a file, but somebody should know. */
export const address: CellType = {
  ...text,
  doubt: { called: 'no mail address', isIn: (cell) => parseAddress(textOf(cell)) === undefined },
}

/** Whom PayPal pays: a mail address, a phone number with its country, or a PayerID. */
export const receiver: CellType = {
  ...text,
  doubt: { called: 'no receiver that PayPal takes', isIn: (cell) => payPalReceiver(textOf(cell)) === undefined },
}

/** It travels in a header, as whoever is answered. */
export const mailbox = cellType(
  'text',
  'an address as partners@example.com or Partner Team <partners@example.com>, of at most 512 bytes',
  (cell) => (cell.length <= LONGEST_KEY && parseMailbox(textOf(cell)) ? forCopy(cell) : undefined),
)

function isLocale(tag: string): boolean {
  return tag.length <= 64 && succeeds(() => Intl.getCanonicalLocales(textOf(tag)))
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
