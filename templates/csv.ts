/** One column: `text` cells get the formula guard, `number` cells (plain decimals) never do. */
export interface Column<Row> {
  readonly name: string
  readonly kind: 'text' | 'number'
  /** Where the cell comes from; by default the row's property of that name. */
  readonly value?: (row: Row) => Cell
}

/** A list is joined by `|`, null is an empty cell. */
type Cell = string | number | bigint | boolean | null | readonly string[]

interface CsvOptions {
  readonly header?: boolean
  readonly bom?: boolean
  /** false only for what no person opens in a spreadsheet: the sample program's import files. */
  readonly guard?: boolean
}

/** Written in front, so that spreadsheets read UTF-8. */
const CSV_BOM = '\ufeff'

/**
 * RFC 4180 with CRLF and UTF-8 BOM, header row first (docs/definitions.md, Statements). `rows` counts the rows below the header. A payout file
 * wants `header: false`. TypeError where a row has no such column: a silently empty column is a cut.
 */
export function writeCsv<Row extends object>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row>,
  { header = true, bom = true, guard = true }: CsvOptions = {},
): { bytes: Uint8Array; rows: number } {
  const lines = header ? [csvHeader(columns)] : []
  for (const row of rows) lines.push(csvLine(columns, row, guard))
  const bytes = Buffer.from((bom ? CSV_BOM : '') + lines.join(''), 'utf8')
  return { bytes, rows: lines.length - (header ? 1 : 0) }
}

/** The header row, CRLF included. */
function csvHeader(columns: readonly Pick<Column<never>, 'name'>[]): string {
  return finished(columns.map(({ name }) => quoted(name)))
}

/** One row, CRLF included. */
export function csvLine<Row extends object>(columns: readonly Column<Row>[], row: Row, guard = true): string {
  return finished(columns.map((column) => quoted(cellText(column, row, guard))))
}

function cellText<Row extends object>({ name, kind, value }: Column<Row>, row: Row, guard: boolean): string {
  const cell = value ? value(row) : (row as Readonly<Record<string, Cell | undefined>>)[name]
  if (cell === undefined) throw new TypeError(`CSV column ${name}: the row has no such value`)
  if (cell === null) return ''
  const text = typeof cell === 'object' ? cell.join('|') : String(cell)
  return !guard || (kind === 'number' && NUMBER.test(text)) ? text : guarded(text)
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** What a spreadsheet would run as a formula gets an apostrophe in front. */
const guarded = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A row of one empty cell is written as `""`: many readers pass over an empty line. */
const finished = (cells: readonly string[]) => `${cells.length === 1 && cells[0] === '' ? '""' : cells.join(',')}\r\n`
