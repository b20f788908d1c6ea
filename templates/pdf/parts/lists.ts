import { rule } from '../page/canvas.ts'
import { type Flow, FULL_WIDTH, need, put, SHEET, shrink } from '../page/flow.ts'
import { addElement, type Element } from '../page/structure.ts'
import { headingLine } from './heading.ts'

/** A few named figures under a heading. */
interface List {
  readonly title: string
  readonly items: readonly Item[]
}

export interface Item {
  readonly label: string
  readonly value: string
  readonly strong?: boolean
}

const GAP = 22
const ROW = 14.5
const HEAD = 20

/** Lists side by side, each a table of two columns for those who listen. They stay on one page. */
export function lists(flow: Flow, all: readonly List[]): void {
  const width = (FULL_WIDTH - GAP * (all.length - 1)) / all.length
  const height = HEAD + Math.max(...all.map((list) => list.items.length)) * ROW
  need(flow, height + 14)
  flow.y += 6
  const top = flow.y
  for (const [i, list] of all.entries()) {
    flow.y = top
    drawList(flow, list, SHEET.left + i * (width + GAP), width)
  }
  flow.y = top + height + 6
}

function drawList(flow: Flow, { title, items }: List, x: number, width: number): void {
  headingLine(flow, addElement(flow.root, 'H2'), title, x, width)
  flow.y += HEAD - 4
  rule(flow.page, x, flow.y, width, flow.palette.accent, 0.9)
  itemRows(flow, items, x, width)
}

/** The rows alone, at the present height: the numbers beside a chart. */
export function itemRows(flow: Flow, items: readonly Item[], x: number, width: number, row = ROW): void {
  const table = items.length ? addElement(flow.root, 'Table') : flow.root
  for (const item of items) {
    drawItem(flow, addElement(table, 'TR'), item, { x, width, row })
    flow.y += row
    rule(flow.page, x, flow.y, width, flow.palette.rule, 0.4)
  }
}

function drawItem(
  flow: Flow,
  element: Element,
  { label, value, strong = false }: Item,
  { x, width, row }: { x: number; width: number; row: number },
): void {
  const weight = strong ? 'bold' : 'regular'
  const size = Math.min(8.5, row * 0.68)
  const place = { baseline: flow.y + row * 0.71, ink: flow.palette.ink }
  const shown = shrink(flow, value, size, width * 0.62, weight)
  const room = width - (shown.line.width * shown.size) / 1000 - 8
  put(flow, addElement(element, 'TH', { scope: 'Row' }), flow.type.fit(label, size, room, weight), {
    ...place,
    x,
    size: 8.5,
  })
  put(flow, addElement(element, 'TD'), shown.line, { ...place, x: x + width, size: shown.size, align: 'end' })
}
