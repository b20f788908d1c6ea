import { fillRound } from '../page/canvas.ts'
import { type Flow, FULL_WIDTH, need, put, SHEET } from '../page/flow.ts'
import { addElement, type Element } from '../page/structure.ts'
import { widthOf } from '../text/set.ts'

const MARK_SIZE = 7.5

/** The document's name, with marks such as REVISED beside it. */
export function title(flow: Flow, text: string, marks: readonly string[]): void {
  const element = addElement(flow.root, 'H1')
  const room = FULL_WIDTH - marks.reduce((sum, mark) => sum + markWidth(flow, mark) + 6, 0)
  put(flow, element, flow.type.fit(text, 21, room, 'bold'), {
    x: SHEET.left,
    baseline: flow.y + 20,
    size: 21,
    ink: flow.palette.ink,
  })
  let right: number = SHEET.right
  for (const mark of [...marks].reverse()) right -= drawMark(flow, mark, right) + 6
  flow.y += 30
}

/** The name of a section; a page is turned before it where `keep` more points do not fit below. */
export function heading(flow: Flow, text: string, keep = 60): void {
  need(flow, 26 + keep)
  flow.y += 8
  const element = addElement(flow.root, 'H2')
  headingLine(flow, element, text, SHEET.left, FULL_WIDTH)
  flow.y += 18
}

/** A section's name at `x`, at the present height. */
export function headingLine(flow: Flow, element: Element, text: string, x: number, width: number): void {
  const line = flow.type.fit(text, 10.5, width, 'bold')
  put(flow, element, line, { x, baseline: flow.y + 10, size: 10.5, ink: flow.palette.accent })
}

/** A paragraph over the whole width. */
export function paragraph(
  flow: Flow,
  text: string,
  style: { size?: number; bold?: boolean; muted?: boolean; lines?: number } = {},
): void {
  const { size = 8.5, bold = false, muted = false, lines = 4 } = style
  const set = flow.type.wrap(text, size, FULL_WIDTH, lines, bold ? 'bold' : 'regular')
  need(flow, set.length * size * 1.35)
  const element = addElement(flow.root, 'P')
  for (const line of set) {
    put(flow, element, line, {
      x: SHEET.left,
      baseline: flow.y + size,
      size,
      ink: muted ? flow.palette.muted : flow.palette.ink,
    })
    flow.y += size * 1.35
  }
}

const markWidth = (flow: Flow, text: string): number => widthOf(flow.type.line(text, 'bold'), MARK_SIZE) + 14

function drawMark(flow: Flow, text: string, right: number): number {
  const width = markWidth(flow, text)
  fillRound(flow.page, right - width, flow.y + 5, width, 16, 8, flow.palette.warnTint)
  const place = {
    x: right - width / 2,
    baseline: flow.y + 15.8,
    size: MARK_SIZE,
    ink: flow.palette.warn,
    align: 'middle',
  } as const
  put(flow, addElement(flow.root, 'P'), flow.type.line(text, 'bold'), place)
  return width
}
