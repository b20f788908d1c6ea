import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBatches } from '../../../../db/facts/read/blocks.ts'
import { textOf } from '../../../../db/facts/read/bytes.ts'
import { takeCsv } from '../../../../db/facts/read/csv.ts'

const BLOCK = 8

async function read(content: string | Buffer, cuts: readonly number[] = []) {
  const bytes = Buffer.from(content as string)
  const batches = readBatches(chunks(bytes, cuts), takeCsv, BLOCK)
  const rows: { line: number; cells: string[] }[] = []
  for (;;) {
    const next = await batches.next()
    if (next.done) return { rows, malformed: next.value }
    rows.push(...next.value.rows.map(({ line, cells }) => ({ line, cells: cells.map(textOf) })))
  }
}

async function* chunks(bytes: Buffer, cuts: readonly number[]) {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (let i = 1; i < places.length; i++) yield bytes.subarray(places[i - 1], places[i])
}

const cells = async (content: string | Buffer) => (await read(content)).rows.map((row) => row.cells)

describe('shapes of CSV', () => {
  test.each([
    [
      'simple',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'no last line end',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'last cell empty, no last line end',
      'a,b\n1,',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      'a byte-order mark',
      '\ufeffa,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['comma in quotes', 'a\n"x, y"\n', [['a'], ['x, y']]],
    [
      'quotes in quotes',
      'a,b\n1,"ha ""ha"" ha"\n',
      [
        ['a', 'b'],
        ['1', 'ha "ha" ha'],
      ],
    ],
    [
      'only quotes in quotes',
      'a,b\n"""",""""""\n',
      [
        ['a', 'b'],
        ['"', '""'],
      ],
    ],
    [
      'line ends in quotes',
      'a,b\n"x\ny","x\r\ny"\n',
      [
        ['a', 'b'],
        ['x\ny', 'x\r\ny'],
      ],
    ],
    [
      'empty cells',
      'a,b,c\n,,\n"","",""\n',
      [
        ['a', 'b', 'c'],
        ['', '', ''],
        ['', '', ''],
      ],
    ],
    ['an empty quoted cell alone in its line', 'a\n""\n', [['a'], ['']]],
    ['JSON in a cell', 'a\n"{""x"": [1, 2]}"\n', [['a'], ['{"x": [1, 2]}']]],
    [
      'other scripts',
      'a,b\nʤ,😀 żółw\n',
      [
        ['a', 'b'],
        ['ʤ', '😀 żółw'],
      ],
    ],
    [
      'empty lines between',
      'a,b\n\n1,2\n\r\n\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['nothing', '', []],
  ])('%s', async (_, content, expected) => {
    expect(await cells(content)).toEqual(expected)
  })

  test('a quote within an unquoted cell is text', async () => {
    expect(await cells('a,b\n37\'8"N,"2"\n')).toEqual([
      ['a', 'b'],
      [`37'8"N`, '2'],
    ])
  })

  test('a record is at the line where it starts', async () => {
    const { rows } = await read('a,b\n"1\n\n","2"\n3,4\r\n\n5,"6\r\n"\n7,8')
    expect(rows.map((row) => row.line)).toEqual([1, 2, 5, 7, 9])
  })
})

describe('what is no CSV stops the reading there', () => {
  test.each([
    ['an unterminated quote', 'a,b\n1,2\n3,"4\n5,6\n', 3, 1],
    ['text behind a closing quote', 'a,b\n"1"2,3\n', 2, 0],
    ['a CR that ends no line', 'a,b\n1\r2,3\n', 2, 0],
  ])('%s', async (_, content, line, cell) => {
    const { rows, malformed } = await read(content)
    expect(malformed).toMatchObject({ line, cell })
    expect(rows.at(-1)?.line).toBe(line - 1)
  })

  test('a quote that never closes does not fill the memory', async () => {
    async function* endless() {
      yield Buffer.from('a,b\n1,"')
      for (;;) yield Buffer.alloc(64 * 1024, 'x')
    }
    const batches = readBatches(endless(), takeCsv)
    await batches.next()
    expect(await batches.next()).toMatchObject({ done: true, value: { line: 2 } })
  })
})

const tricky = fc.string({ unit: fc.constantFrom('a', 'ż', '"', ',', '\n', '\r', '\r\n', ' ', '\t', '\\', '😀', '=1') })
const table = fc
  .integer({ min: 2, max: 5 })
  .chain((width) => fc.array(fc.array(tricky, { minLength: width, maxLength: width }), { maxLength: 8 }))
const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

test('reads back what was written, however the file arrives', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.array(fc.nat()), async (rows, end, cuts) => {
      const { rows: found } = await read(rows.map((row) => row.map(quoted).join(',') + end).join(''), cuts)
      expect(found.map((row) => row.cells)).toEqual(rows)
    }),
    { numRuns: 500 },
  )
})

test('agrees with csv-parse on everything that it accepts', async () => {
  await fc.assert(
    fc.asyncProperty(tricky, fc.array(fc.nat()), async (content, cuts) => {
      const ours = await read(content, cuts)
      fc.pre(!ours.malformed && !content.endsWith('\r'))
      const options = {
        record_delimiter: ['\r\n', '\n'],
        skip_empty_lines: true,
        relax_column_count: true,
        relax_quotes: true,
      }
      expect(ours.rows.map((row) => row.cells)).toEqual(parse(content, options))
    }),
    { numRuns: 2000 },
  )
})
