import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, csvLine, writeCsv } from '../../templates/csv.ts'

interface Line {
  readonly name: string | null
  readonly amount: string | null
}
const columns: Column<Line>[] = [
  { name: 'name', kind: 'text' },
  { name: 'amount', kind: 'number' },
]
const written = (rows: Line[]) => Buffer.from(writeCsv(columns, rows).bytes).toString('utf8')
const readBack = (bytes: Uint8Array): string[][] => parse(Buffer.from(bytes), { bom: true, record_delimiter: '\r\n' })
const unguarded = (cell = '') => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)

describe('a CSV', () => {
  it('has a BOM, a header row and CRLF at every end, and counts the rows below the header', () => {
    const { bytes, rows } = writeCsv(columns, [{ name: 'Zażółć', amount: '1.50' }])
    expect(Buffer.from(bytes).toString('utf8')).toBe('\ufeffname,amount\r\nZażółć,1.50\r\n')
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(rows).toBe(1)
  })

  it('without rows is a header', () => expect(written([])).toBe('\ufeffname,amount\r\n'))

  it('for a payout has neither header nor BOM', () => {
    const { bytes, rows } = writeCsv(columns, [{ name: 'a', amount: '1' }], { header: false, bom: false })
    expect(Buffer.from(bytes).toString('utf8')).toBe('a,1\r\n')
    expect(rows).toBe(1)
  })

  it('quotes commas, quotes and line ends only', () => {
    expect(written([{ name: 'a, "b"\r\nc', amount: null }])).toContain('"a, ""b""\r\nc",\r\n')
    expect(written([{ name: ' a b ', amount: null }])).toContain('\r\n a b ,\r\n')
  })

  it.each(['=1+1', '+48 22 123', '-10.00', '@SUM(A1)', '\tx', '\rx'])('text %j gets an apostrophe', (name) => {
    expect(readBack(writeCsv(columns, [{ name, amount: '0' }]).bytes)[1]).toEqual([`'${name}`, '0'])
  })

  it.each(['-10.00', '-0.01', '1e-7', '12345678901234567890.12'])('number %s never does', (amount) => {
    expect(written([{ name: 'a', amount }])).toContain(`a,${amount}\r\n`)
  })

  it('guards what a number column holds without being a number', () => {
    expect(written([{ name: 'a', amount: '-2+cmd|x' }])).toContain("a,'-2+cmd|x\r\n")
  })

  it.each([' =1', '1=1', "'=1", '', '–5', 'a-b'])('text %j stays as it is', (name) => {
    expect(readBack(writeCsv(columns, [{ name, amount: '0' }]).bytes)[1]).toEqual([name, '0'])
  })

  it('takes a cell from where the column says', () => {
    const reasons: Column<{ why: readonly string[]; ok: boolean; n: bigint }>[] = [
      { name: 'reasons', kind: 'text', value: ({ why }) => why },
      { name: 'ok', kind: 'text' },
      { name: 'n', kind: 'number' },
    ]
    expect(csvLine(reasons, { why: ['below_minimum', 'partner_blocked'], ok: false, n: -7n })).toBe(
      'below_minimum|partner_blocked,false,-7\r\n',
    )
  })

  it('refuses a row that lacks a column', () => {
    expect(() => writeCsv([{ name: 'nmae', kind: 'text' }], [{ name: 'x' }])).toThrow('CSV column nmae')
  })

  it('shows a single empty cell', () => {
    expect(csvLine([{ name: 'name', kind: 'text' }], { name: '' })).toBe('""\r\n')
  })

  it('reads back as it was written, whatever the text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(',', '"', '\r', '\n', '=', '-', "'", ' ', '\t', 'é') }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
        const lines = rows.map(([a, b]) => ({ a, b }))
        const { bytes } = writeCsv(
          [
            { name: 'a', kind: 'text' },
            { name: 'b', kind: 'text' },
          ],
          lines,
        )
        const back = readBack(bytes).slice(1)
        for (const [i, cells] of back.entries()) {
          for (const [k, cell] of cells.entries()) {
            expect([rows[i]?.[k], `'${rows[i]?.[k]}`]).toContain(cell)
            expect(cell).not.toMatch(/^[=+\-@\t\r]/)
          }
        }
        expect(back).toHaveLength(rows.length)
      }),
    )
  })
})

const given = new URL('../../../shared/data/bad-input/', import.meta.url)

describe.runIf(existsSync(given))('given bad input', () => {
  it('naughty strings and formulas read back, none as a formula', () => {
    const naughty: string[] = JSON.parse(readFileSync(new URL('naughty-strings.json', given), 'utf8'))
    const formulas = readFileSync(new URL('formula-cells.txt', given), 'utf8').split('\n')
    const names = [...naughty, ...formulas]
    const back = readBack(
      writeCsv(
        columns,
        names.map((name) => ({ name, amount: '1' })),
      ).bytes,
    ).slice(1)
    expect(back.map(([name]) => unguarded(name))).toEqual(names)
    expect(back.filter(([name]) => /^[=+\-@\t\r]/.test(name ?? ''))).toEqual([])
  })

  it('the rows of csv-spectrum read back', () => {
    for (const file of readdirSync(new URL('csv-spectrum/expected/', given))) {
      const expected = JSON.parse(readFileSync(new URL(`csv-spectrum/expected/${file}`, given), 'utf8'))
      const rows: Record<string, string>[] = Array.isArray(expected) ? expected : [expected]
      const names = Object.keys(rows[0] ?? {})
      const { bytes } = writeCsv(
        names.map((name) => ({ name, kind: 'text' })),
        rows,
      )
      expect(readBack(bytes), file).toEqual([names, ...rows.map((row) => names.map((name) => row[name]))])
    }
  })
})
