import type { Taken } from './blocks.ts'
import { bytesOf, textOf } from './bytes.ts'
import { tokensOf } from './json-tokens.ts'

/** One line of NDJSON: its fields as cells, or what is wrong with it. */
export type NdjsonRow = { readonly line: number; readonly fields: ReadonlyMap<string, string> } | NdjsonProblem

interface NdjsonProblem {
  readonly line: number
  readonly column: string | null
  readonly value: string
  readonly expected: string
}

/** Takes the complete lines off the start of `text`; a line that cannot be read does not stop the others. */
export function takeNdjson(text: string, line: number, final: boolean): Taken<NdjsonRow> {
  const rows: NdjsonRow[] = []
  let at = 0
  for (; at < text.length; line++) {
    const feed = text.indexOf('\n', at)
    if (feed === -1 && !final) break
    const end = feed === -1 ? text.length : feed
    const record = text.slice(at, end)
    if (/[^ \t\r]/.test(record)) rows.push(readObject(record, line))
    at = end + 1
  }
  return { rows, end: Math.min(at, text.length), line }
}

/**
 * A flat object: its fields as cells, null as the empty one, numbers with the digits they were written with (JSON.parse
 * would round 9007199254740993 and forget the rest).
 */
function readObject(record: string, line: number): NdjsonRow {
  const tokens = tokensOf(record)
  const wrong = (column: string | null, value: string, expected: string) => ({ line, column, value, expected })
  if (tokens[0] !== '{') return wrong(null, record, 'one JSON object in a line')
  const fields = new Map<string, string>()
  for (let at = 1; tokens[at] !== '}' || at > 1; at += 4) {
    const [name, colon, value, after] = tokens.slice(at, at + 4)
    const column = name && cellOf(name)
    if (column === undefined || name?.[0] !== '"' || colon !== ':') return wrong(null, record, 'a complete JSON object')
    if (value === '{' || value === '[') return wrong(column, value, 'text, a number, true, false or null')
    const cell = value && cellOf(value)
    if (cell === undefined) return wrong(column, value ?? '', 'a complete JSON value')
    if (fields.has(column)) return wrong(column, cell, 'each name once')
    fields.set(column, cell)
    if (after === '}') return tokens.length === at + 4 ? { line, fields } : wrong(null, record, 'one object in a line')
    if (after !== ',') return wrong(null, record, 'a complete JSON object')
  }
  return tokens.length === 2 ? { line, fields } : wrong(null, record, 'one object in a line')
}

/** The cell that a scalar stands for; undefined for what is none. */
function cellOf(token: string): string | undefined {
  if (token[0] === '"') return unquoted(token)
  if (token === 'null') return ''
  if (token === 'true' || token === 'false') return token
  const number = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token)
  if (!number) return undefined
  const [, sign = '', whole = '', fraction = '', exponent] = number
  if (exponent === undefined || Math.abs(Number(exponent)) > MOST_PLACES) return token
  return sign + shifted(whole, fraction, Number(exponent))
}

/** The escapes are undone on real text, as the bytes of a byte string are no characters. */
function unquoted(token: string): string | undefined {
  if (token.length < 2 || !token.endsWith('"')) return undefined
  if (!token.includes('\\')) return token.slice(1, -1)
  try {
    const text: string = JSON.parse(textOf(token))
    return /\p{Surrogate}/u.test(text) ? LONE_SURROGATE : bytesOf(text)
  } catch {
    return undefined
  }
}

/** Half a character has no UTF-8; these bytes are refused as what they are. */
const LONE_SURROGATE = '\xed\xa0\x80'

/** Beyond any column's range: such a number stays as it was written, to be refused as that. */
const MOST_PLACES = 40

/** 1.5e-7 as 0.00000015: the digits moved, not computed. */
function shifted(whole: string, fraction: string, places: number): string {
  const digits = whole + fraction
  const point = whole.length + places
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return digits.padEnd(point, '0')
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}
