import { setImmediate } from 'node:timers/promises'
import type { Flow } from '../page/flow.ts'
import { addElement, type Element } from '../page/structure.ts'
import { widthOf } from '../text/set.ts'
import type { Line } from '../text/shape.ts'
import { shareOut, shrinkFor } from './widths.ts'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Numbers stand at the end of their column and are never cut; texts wrap. */
  readonly number?: boolean
  /** Few known words that stand on one line, like a verdict: the column is as wide as its widest. */
  readonly whole?: boolean
  /** Lines a text may take, 2 unless told. */
  readonly lines?: number
  readonly bold?: (row: Row) => boolean
}

export interface Table<Row> {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  /** The last row, a text for each column. */
  readonly total?: readonly string[]
  /** The sum that is carried from page to page, in the last column. */
  readonly carry?: { readonly amount: (row: Row) => string; readonly show: (sum: string) => string }
}

/** Where a table stands; the whole width unless told. */
export interface Area {
  readonly x: number
  readonly width: number
}

/** Beside the text of a cell, in points. */
export const PAD = 4
export const BREATHER = 100 // rows between two breaths, so that a long table does not hold up the process

/** A table measured: what every row of it is set by. */
export interface Layout<Row> {
  readonly flow: Flow
  readonly table: Table<Row>
  readonly area: Area
  readonly widths: readonly number[]
  readonly size: number
  readonly element: Element
  readonly head: readonly (readonly Line[])[]
}

/** Measures every cell, so that no number is cut and texts get what is left. */
export async function layOut<Row>(flow: Flow, spec: Table<Row>, area: Area): Promise<Layout<Row>> {
  const natural = spec.columns.map(({ title }, i) =>
    Math.max(longestWord(flow, title), totalWidth(flow, spec.total?.[i])),
  )
  for (const [index, row] of spec.rows.entries()) {
    spec.columns.forEach((column, i) => {
      const line = flow.type.line(column.text(row), column.bold?.(row) ? 'bold' : 'regular')
      natural[i] = Math.max(natural[i] as number, widthOf(line, 8))
    })
    if (index % BREATHER === BREATHER - 1) await setImmediate()
  }
  const wish = (scale: number) =>
    natural.map((width, i) => ({
      width: width * scale + 2 * PAD,
      fixed: spec.columns[i]?.number === true || spec.columns[i]?.whole === true,
    }))
  const scale = shrinkFor(wish(1), area.width)
  const widths = shareOut(wish(scale), area.width)
  const head = spec.columns.map(({ title }, i) =>
    flow.type.wrap(title, 7.2 * scale, (widths[i] as number) - 2 * PAD + 0.01, 2, 'bold'),
  )
  return { flow, table: spec, area, widths, size: 8 * scale, element: addElement(flow.root, 'Table'), head }
}

/** A heading may break between words, never inside one. */
const longestWord = ({ type }: Flow, title: string): number =>
  Math.max(...title.split(' ').map((word) => widthOf(type.line(word, 'bold'), 7.2)))

const totalWidth = ({ type }: Flow, text: string | undefined): number =>
  text ? widthOf(type.line(text, 'bold'), 8) : 0

/** The lines of each cell of a row. */
export function cellsOf<Row>({ flow, table: spec, widths, size }: Layout<Row>, row: Row): (readonly Line[])[] {
  return spec.columns.map((column, i) => {
    const room = (widths[i] as number) - 2 * PAD + 0.01
    const weight = column.bold?.(row) ? 'bold' : 'regular'
    const text = column.text(row)
    return column.number
      ? [flow.type.fit(text, size, room, weight)]
      : flow.type.wrap(text, size, room, column.lines ?? 2, weight)
  })
}

export const rowHeight = <Row>({ size }: Layout<Row>, lines: number): number => lines * size * 1.3 + 5.5
export const headHeight = <Row>({ head, size }: Layout<Row>): number =>
  Math.max(...head.map((lines) => lines.length)) * size * 1.18 + 6

/** A row in bold. A text may run over the empty cells behind it. */
export function boldCells<Row>(
  { flow, widths, size, table: spec }: Layout<Row>,
  texts: readonly string[],
): (readonly Line[])[] {
  return texts.map((text, i) => {
    let room = (widths[i] as number) - 2 * PAD + 0.01
    if (!spec.columns[i]?.number) for (let next = i + 1; texts[next] === ''; next++) room += widths[next] as number
    return [flow.type.fit(text, size, room, 'bold')]
  })
}
