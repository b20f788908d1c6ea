import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Place } from '../../values/calendar.ts'
import type { FaultList } from '../faults.ts'
import { findBadBytes, textOf } from '../read/bytes.ts'
import type { CsvRow } from '../read/csv.ts'
import type { Sheet } from '../read/sheet.ts'
import { type Column, type FactTable, isFilled } from '../table.ts'
import { doubtsIn } from './doubts.ts'

interface StageContext {
  readonly accountId: number
  readonly place: Place
  /** Told in words which cells are worth a look. */
  readonly warn: (warning: string) => void
}

/**
 * Copies a sheet into the temporary table `staged`: a column per column of the table, in its type, and `line`; of ragged
 * rows also `given`. Bad cells are faults and staged as null, so that the checks in SQL still see the rest of their rows.
 */
export async function stage(
  connection: PoolClient,
  table: FactTable,
  sheet: Sheet,
  context: StageContext,
  faults: FaultList,
): Promise<void> {
  const types = table.columns.map(({ name, type }) => `${name} ${type.sql}`)
  if (table.made) types.push(`${table.made.column}_default uuid`)
  if (sheet.ragged) types.push('given bigint')
  await connection.query(`create temporary table staged (line bigint, ${types.join(', ')}) on commit drop`)
  const names = sheet.columns.map((column) => column.name)
  if (table.made) names.push(`${table.made.column}_default`)
  if (sheet.ragged) names.push('given')
  const copy = connection.query(copyFrom(`copy staged (line, ${names.join(', ')}) from stdin`))
  await pipeline(Readable.from(copyBlocks(table, sheet, context, faults)), copy)
  await connection.query('analyze staged')
}

async function* copyBlocks(table: FactTable, sheet: Sheet, context: StageContext, faults: FaultList) {
  const doubts = doubtsIn(table, sheet.columns)
  const write = lineWriter(table, sheet.columns, context, faults)
  for await (const { rows, suspect } of sheet.batches) {
    let block = ''
    for (const row of rows) {
      block += write(row, suspect)
      doubts.look(row)
    }
    if (block) yield Buffer.from(block, 'latin1')
  }
  for (const warning of doubts.warnings()) context.warn(warning)
}

const NULL = '\t\\N'

/** Turns a row into a line of COPY's text format; in a suspect batch the bytes of every cell are looked at. */
function lineWriter(table: FactTable, columns: readonly Column[], context: StageContext, faults: FaultList) {
  const readers = columns.map((column) => ({ column, read: column.type.reader(context) }))
  const made = madeCell(table, columns, context)
  return ({ line, cells, given }: CsvRow, suspect: boolean): string => {
    let written = String(line)
    let index = 0
    for (const { column, read } of readers) {
      const cell = cells[index++] as string
      const badBytes = suspect ? findBadBytes(cell) : undefined
      const value = cell === '' || badBytes ? undefined : read(cell)
      written += value === undefined ? NULL : `\t${value}`
      if (value === undefined) complain(faults, line, column, cell, badBytes)
    }
    return `${written}${made(cells)}${given === undefined ? '' : `\t${given}`}\n`
  }
}

function complain(faults: FaultList, line: number, column: Column, cell: string, badBytes: string | undefined): void {
  const { name, type } = column
  if (cell !== '') faults.add(line, name, cell, badBytes ?? type.expected)
  else if (isFilled(column)) faults.add(line, name, cell, `a value: ${type.expected}`)
}

/** The value that a table makes from another cell (`made`), or nothing. */
function madeCell(table: FactTable, columns: readonly Column[], { accountId }: StageContext) {
  const { made } = table
  if (!made) return () => ''
  const from = columns.findIndex((column) => column.name === made.from)
  return (cells: readonly string[]) => `\t${made.make(textOf(cells[from] ?? ''), accountId)}`
}
