import { setImmediate } from 'node:timers/promises'
import { addDecimals } from '../../decimal.ts'
import { fillRect, rule } from '../page/canvas.ts'
import { type Flow, FULL_WIDTH, fits, need, put, putFurniture, SHEET, turnPage } from '../page/flow.ts'
import { addElement, type Element } from '../page/structure.ts'
import type { Line } from '../text/shape.ts'
import {
  type Area,
  BREATHER,
  boldCells,
  cellsOf,
  headHeight,
  type Layout,
  layOut,
  PAD,
  rowHeight,
  type Table,
} from './table-layout.ts'

export type { Column, Table } from './table-layout.ts'

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
