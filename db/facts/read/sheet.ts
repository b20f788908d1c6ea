import type { FaultList } from '../faults.ts'
import { bitOf } from '../given-bits.ts'
import type { Column, FactTable } from '../table.ts'
import { type Batch, type Malformed, readBatches } from './blocks.ts'
import { type CsvRow, takeCsv } from './csv.ts'
import { type NdjsonRow, takeNdjson } from './ndjson.ts'

export type Format = 'csv' | 'ndjson'

/** A file as rows of its table: the columns that it brings, and its cells in their order. */
export interface Sheet {
  readonly columns: readonly Column[]
  /** Each row has columns of its own, which it names: NDJSON. */
  readonly ragged: boolean
  readonly batches: AsyncIterable<Batch<CsvRow>>
}

/** Opens a file; undefined where its header is bad. What is wrong with its shape goes to `faults`, then and while it is read. */
export function openSheet(
  source: AsyncIterable<Buffer>,
  format: Format,
  table: FactTable,
  faults: FaultList,
): Promise<Sheet | undefined> {
  return format === 'csv' ? openCsv(source, table, faults) : openNdjson(source, table, faults)
}

async function openCsv(source: AsyncIterable<Buffer>, table: FactTable, faults: FaultList): Promise<Sheet | undefined> {
  const batches = readBatches(source, takeCsv)
  const first = await batches.next()
  if (first.done) {
    faults.add(1, null, first.value?.value ?? '', first.value?.expected ?? 'a header row')
    await batches.return(undefined)
    return undefined
  }
  const [header, ...rows] = first.value.rows
  const columns = columnsOf(header?.cells ?? [], table, faults)
  if (columns) return { columns, ragged: false, batches: evenRows({ ...first.value, rows }, batches, columns, faults) }
  await batches.return(undefined)
  return undefined
}

/** The header's columns in its order; undefined, with every fault said, where it is bad. */
function columnsOf(header: readonly string[], table: FactTable, faults: FaultList): Column[] | undefined {
  const before = faults.count
  const columns: Column[] = []
  for (const name of header) {
    const column = table.columns.find((known) => known.name === name)
    if (!column) faults.add(1, name, name, `a column of ${table.name}: ${table.columns.map((c) => c.name).join(', ')}`)
    else if (columns.includes(column)) faults.add(1, name, name, 'each column once')
    else columns.push(column)
  }
  for (const { name, required } of table.columns) {
    if (required && !header.includes(name)) faults.add(1, name, '', `the column ${name}`)
  }
  return faults.count === before ? columns : undefined
}

/** The rows that have as many cells as the header; the others are faults. */
async function* evenRows(
  first: Batch<CsvRow>,
  others: AsyncGenerator<Batch<CsvRow>, Malformed | undefined>,
  columns: readonly Column[],
  faults: FaultList,
): AsyncGenerator<Batch<CsvRow>> {
  const isEven = ({ line, cells }: CsvRow) => {
    if (cells.length === columns.length) return true
    faults.add(line, null, cells.slice(columns.length).join(','), `${columns.length} cells, found ${cells.length}`)
    return false
  }
  for (
    let next: IteratorResult<Batch<CsvRow>, Malformed | undefined> = { value: first };
    ;
    next = await others.next()
  ) {
    if (next.done) {
      const broken = next.value
      if (broken) faults.add(broken.line, columns[broken.cell ?? -1]?.name ?? null, broken.value, broken.expected)
      return
    }
    yield { rows: next.value.rows.filter(isEven), suspect: next.value.suspect }
  }
}

async function openNdjson(source: AsyncIterable<Buffer>, table: FactTable, faults: FaultList): Promise<Sheet> {
  return { columns: table.columns, ragged: true, batches: namedRows(readBatches(source, takeNdjson), table, faults) }
}

async function* namedRows(
  batches: AsyncGenerator<Batch<NdjsonRow>, Malformed | undefined>,
  table: FactTable,
  faults: FaultList,
): AsyncGenerator<Batch<CsvRow>> {
  const indexes = new Map(table.columns.map((column, index) => [column.name, index]))
  for (;;) {
    const next = await batches.next()
    if (next.done) {
      if (next.value) faults.add(next.value.line, null, next.value.value, next.value.expected)
      return
    }
    const rows = next.value.rows.flatMap((row) => cellsOf(row, indexes, faults) ?? [])
    yield { rows, suspect: true } // an escape may hide a NUL from the block
  }
}

function cellsOf(row: NdjsonRow, indexes: ReadonlyMap<string, number>, faults: FaultList): CsvRow | undefined {
  if ('expected' in row) {
    faults.add(row.line, row.column, row.value, row.expected)
    return undefined
  }
  const cells = new Array<string>(indexes.size).fill('')
  let given = 0
  for (const [name, cell] of row.fields) {
    const index = indexes.get(name)
    if (index === undefined) faults.add(row.line, name, cell, `a column: ${[...indexes.keys()].join(', ')}`)
    else {
      cells[index] = cell
      given += bitOf(index)
    }
  }
  return { line: row.line, cells, given }
}
