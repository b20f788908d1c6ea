import { setImmediate } from 'node:timers/promises'
import { addDecimals } from '../../decimal.ts'
import { fillRect, rule } from '../page/canvas.ts'
import { type Flow, FULL_WIDTH, fits, need, put, putFurniture, SHEET, turnPage } from '../page/flow.ts'
import { addElement, type Element } from '../page/structure.ts'
import { widthOf } from '../text/set.ts'
import type { Line } from '../text/shape.ts'
import { shareOut, shrinkFor } from './widths.ts'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Numbers stand at the end of their column and are never cut; texts wrap. */
  readonly number?: boolean
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

const PAD = 4
const BREATHER = 100 // rows between two breaths, so that a long table does not hold up the process

interface Layout<Row> {
  readonly flow: Flow
  readonly table: Table<Row>
  readonly area: Area
  readonly widths: readonly number[]
  readonly size: number
  readonly element: Element
  readonly head: readonly (readonly Line[])[]
}

/** A table that goes on over as many pages as it needs, its headings repeated and its sum carried over. */
export async function table<Row>(
  flow: Flow,
  spec: Table<Row>,
  area: Area = { x: SHEET.left, width: FULL_WIDTH },
): Promise<void> {
  await setImmediate()
  const layout = await layOut(flow, spec, area)
  need(flow, headHeight(layout) + 2 * rowHeight(layout, 1))
  drawHead(layout, false)
  let sum = '0'
  for (const [index, row] of spec.rows.entries()) {
    const cells = cellsOf(layout, row)
    const height = rowHeight(layout, Math.max(...cells.map((lines) => lines.length)))
    if (!fits(flow, height + (spec.carry ? rowHeight(layout, 1) : 0))) breakPage(layout, sum)
    drawRow(layout, cells, height, { striped: index % 2 === 1 })
    if (spec.carry) sum = addDecimals([sum, spec.carry.amount(row)])
    if (index % BREATHER === BREATHER - 1) await setImmediate()
  }
  if (spec.total) drawTotal(layout, spec.total, sum)
  flow.y += 6
}

async function layOut<Row>(flow: Flow, spec: Table<Row>, area: Area): Promise<Layout<Row>> {
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
    natural.map((width, i) => ({ width: width * scale + 2 * PAD, fixed: spec.columns[i]?.number === true }))
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

function cellsOf<Row>({ flow, table: spec, widths, size }: Layout<Row>, row: Row): (readonly Line[])[] {
  return spec.columns.map((column, i) => {
    const room = (widths[i] as number) - 2 * PAD + 0.01
    const weight = column.bold?.(row) ? 'bold' : 'regular'
    const text = column.text(row)
    return column.number
      ? [flow.type.fit(text, size, room, weight)]
      : flow.type.wrap(text, size, room, column.lines ?? 2, weight)
  })
}

const rowHeight = <Row>({ size }: Layout<Row>, lines: number): number => lines * size * 1.3 + 5.5
const headHeight = <Row>({ head, size }: Layout<Row>): number =>
  Math.max(...head.map((lines) => lines.length)) * size * 1.18 + 6

function drawHead<Row>(layout: Layout<Row>, again: boolean): void {
  const { flow, head, element, size, area, widths } = layout
  const height = headHeight(layout)
  const row = again ? undefined : addElement(element, 'TR')
  let x = area.x
  head.forEach((lines, i) => {
    const cell = row && addElement(row, 'TH', { scope: 'Column' })
    writeCell(layout, cell, lines, x, i, {
      top: flow.y + height - lines.length * size * 1.18 - 4,
      size: size * 0.9,
      ink: flow.palette.muted,
    })
    x += widths[i] as number
  })
  flow.y += height
  rule(flow.page, area.x, flow.y, area.width, flow.palette.accent, 0.9)
}

function drawRow<Row>(
  layout: Layout<Row>,
  cells: readonly (readonly Line[])[],
  height: number,
  { striped = false, artifact = false },
): void {
  const { flow, area, element, widths, size } = layout
  if (striped) fillRect(flow.page, area.x, flow.y, area.width, height, flow.palette.stripe)
  const row = artifact ? undefined : addElement(element, 'TR')
  let x = area.x
  cells.forEach((lines, i) => {
    writeCell(layout, row && addElement(row, 'TD'), lines, x, i, { top: flow.y + 2.2, size, ink: flow.palette.ink })
    x += widths[i] as number
  })
  flow.y += height
}

function writeCell<Row>(
  { flow, table: spec, widths }: Layout<Row>,
  element: Element | undefined,
  lines: readonly Line[],
  x: number,
  column: number,
  { top, size, ink }: { top: number; size: number; ink: string },
): void {
  const atEnd = spec.columns[column]?.number === true
  lines.forEach((line, i) => {
    const place = {
      x: atEnd ? x + (widths[column] as number) - PAD : x + PAD,
      baseline: top + size * (1.02 + 1.3 * i),
      size,
      ink,
      align: atEnd ? 'end' : 'start',
    } as const
    if (element) put(flow, element, line, place)
    else putFurniture(flow, line, place)
  })
}

function breakPage<Row>(layout: Layout<Row>, sum: string): void {
  drawCarried(layout, 'Carried forward', sum)
  turnPage(layout.flow)
  drawHead(layout, true)
  drawCarried(layout, 'Brought forward', sum)
}

function drawCarried<Row>(layout: Layout<Row>, label: string, sum: string): void {
  const { carry, columns } = layout.table
  if (!carry) return
  const texts = columns.map((_, i) => (i === 0 ? label : i === columns.length - 1 ? carry.show(sum) : ''))
  const height = rowHeight(layout, 1)
  fillRect(layout.flow.page, layout.area.x, layout.flow.y, layout.area.width, height, layout.flow.palette.tint)
  drawRow(layout, boldCells(layout, texts), height, { artifact: true })
}

function drawTotal<Row>(layout: Layout<Row>, total: readonly string[], sum: string): void {
  const { flow, area } = layout
  const height = rowHeight(layout, 1)
  if (!fits(flow, height)) breakPage(layout, sum)
  rule(flow.page, area.x, flow.y, area.width, flow.palette.accent, 0.9)
  drawRow(layout, boldCells(layout, total), height, {})
}

/** The first text may run over the empty cells behind it. */
function boldCells<Row>(
  { flow, widths, size, table: spec }: Layout<Row>,
  texts: readonly string[],
): (readonly Line[])[] {
  return texts.map((text, i) => {
    let room = (widths[i] as number) - 2 * PAD + 0.01
    if (!spec.columns[i]?.number) for (let next = i + 1; texts[next] === ''; next++) room += widths[next] as number
    return [flow.type.fit(text, size, room, 'bold')]
  })
}
