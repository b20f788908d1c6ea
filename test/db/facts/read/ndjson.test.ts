import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../../db/facts/read/bytes.ts'
import { takeNdjson } from '../../../../db/facts/read/ndjson.ts'

const rows = (text: string) => takeNdjson(bytesOf(text), 1, true).rows

/** The fields of the one object in `text`. */
function fields(text: string) {
  const [row] = rows(text)
  if (!row || 'expected' in row) throw new Error(row?.expected ?? 'no row')
  return Object.fromEntries([...row.fields].map(([name, cell]) => [textOf(name), textOf(cell)]))
}

test.each([
  ['text', '{"a":"x"}', 'x'],
  ['text with escapes', '{"a":"\\"ż\\u017c\\n\\\\"}', '"żż\n\\'],
  ['a pair of surrogates', '{"a":"\\ud83d\\ude00"}', '😀'],
  ['true and false', '{"b":false,"a":true}', 'true'],
  ['null as an empty cell', '{"a":null}', ''],
  ['space around everything', ' { "a" : 1 } \r', '1'],
  ['a zero at the end', '{"a":12.10}', '12.10'],
  ['a number beyond 2^53', '{"a":9007199254740993}', '9007199254740993'],
  ['an exponent upwards', '{"a":1e21}', '1000000000000000000000'],
  ['an exponent within the fraction', '{"a":-1.25e1}', '-12.5'],
  ['an exponent downwards', '{"a":15E-4}', '0.0015'],
  ['an exponent beyond reason, left as it is', '{"a":1e999999999}', '1e999999999'],
])('reads %s', (_, text, cell) => {
  expect(fields(text).a).toBe(cell)
})

describe('a line that is no flat object', () => {
  test.each([
    ['cut', '{"a":"x","b":', 'b'],
    ['cut in a text', '{"a":"x', 'a'],
    ['cut before the end', '{"a":"x"', null],
    ['a list', '[1]', null],
    ['a text', '"x"', null],
    ['two objects', '{"a":1}{"a":2}', null],
    ['nested object', '{"a":1,"b":{"c":1}}', 'b'],
    ['nested list', '{"b":["x"]}', 'b'],
    ['no number', '{"a":01}', 'a'],
    ['no JSON word', '{"a":None}', 'a'],
    ['a bad escape', '{"a":"\\x"}', 'a'],
    ['the same name twice', '{"a":1,"a":1}', 'a'],
    ['a comma too many', '{"a":1,}', null],
    ['no name', '{1:1}', null],
  ])('%s', (_, text, column) => {
    expect(rows(`{"a":1}\n${text}\n{"a":2}\n`)[1]).toMatchObject({ line: 2, column, expected: expect.any(String) })
    expect(rows(`{"a":1}\n${text}\n{"a":2}\n`)).toHaveLength(3)
  })
})

test('empty lines count but are no rows', () => {
  expect(rows('\n{"a":1}\n\r\n{"a":2}').map((row) => row.line)).toEqual([2, 4])
})

test('reads what JSON.stringify writes', () => {
  const scalar = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), scalar), (object) => {
      const expected = Object.fromEntries(Object.entries(object).map(([name, value]) => [name, String(value ?? '')]))
      expect(fields(JSON.stringify(object))).toEqual(expected)
    }),
  )
})

test('an exponent changes no digit', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (value) => {
      const cell = fields(JSON.stringify({ a: value })).a as string
      expect(cell).toMatch(/^-?\d+(\.\d+)?$|e/)
      expect(Number(cell)).toBe(value === 0 ? 0 : value)
    }),
  )
})
