import { fillRect, fillRound } from '../page/canvas.ts'
import { type Flow, FULL_WIDTH, need, put, SHEET } from '../page/flow.ts'
import { addElement } from '../page/structure.ts'

const SIZE = 8.5
const LINE = 11.5

/** A box with something the reader must not miss. */
export function note(flow: Flow, heading: string, text: string): void {
  const lines = flow.type.wrap(text, SIZE, FULL_WIDTH - 28, 5)
  const height = 24 + lines.length * LINE
  need(flow, height + 8)
  const { palette } = flow
  fillRound(flow.page, SHEET.left, flow.y, FULL_WIDTH, height, 4, palette.warnTint)
  fillRect(flow.page, SHEET.left, flow.y, 3, height, palette.warn)
  const element = addElement(flow.root, 'P')
  const x = SHEET.left + 14
  put(flow, element, flow.type.fit(heading, 9, FULL_WIDTH - 28, 'bold'), {
    x,
    baseline: flow.y + 15,
    size: 9,
    ink: palette.warn,
  })
  for (const [i, line] of lines.entries())
    put(flow, element, line, { x, baseline: flow.y + 27 + i * LINE, size: SIZE, ink: palette.ink })
  flow.y += height + 10
}
