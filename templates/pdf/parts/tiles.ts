import { fillRect, fillRound } from '../page/canvas.ts'
import { type Flow, FULL_WIDTH, need, put, SHEET, shrink } from '../page/flow.ts'
import { addElement } from '../page/structure.ts'
import { widthOf } from '../text/set.ts'

/** One headline: a figure, the one before and how it changed. */
export interface Tile {
  readonly label: string
  readonly value: string
  /** A line below the figure: the previous one, or what it is made of. */
  readonly note?: string
  /** "+23.4%", in the colour of `tone`. */
  readonly change?: string
  readonly tone?: 'good' | 'bad' | 'even'
}

const HEIGHT = 62
const GAP = 9
const PAD = 10

/** Headlines side by side, `across` in a row. */
export function tiles(flow: Flow, all: readonly Tile[], across = 4): void {
  const width = (FULL_WIDTH - GAP * (across - 1)) / across
  for (let from = 0; from < all.length; from += across) {
    need(flow, HEIGHT + GAP)
    for (const [i, tile] of all.slice(from, from + across).entries())
      drawTile(flow, tile, SHEET.left + i * (width + GAP), width)
    flow.y += HEIGHT + GAP
  }
}

function drawTile(flow: Flow, tile: Tile, x: number, width: number): void {
  const { palette, type, y } = flow
  const room = width - 2 * PAD
  fillRound(flow.page, x, y, width, HEIGHT, 4, palette.tint)
  fillRect(flow.page, x, y + 4, 2.5, HEIGHT - 8, palette.accent)
  const element = addElement(flow.root, 'P')
  put(flow, element, type.fit(tile.label, 7.5, room), { x: x + PAD, baseline: y + 16, size: 7.5, ink: palette.muted })
  const value = shrink(flow, tile.value, 16.5, room, 'bold')
  put(flow, element, value.line, { x: x + PAD, baseline: y + 36, size: value.size, ink: palette.ink })
  const change = tile.change ? type.fit(tile.change, 7.5, room / 2, 'bold') : undefined
  const taken = change ? widthOf(change, 7.5) + 6 : 0
  if (change) put(flow, element, change, { x: x + PAD, baseline: y + 51, size: 7.5, ink: inkOf(flow, tile) })
  if (!tile.note) return
  const note = shrink(flow, tile.note, 7.2, room - taken, 'regular')
  put(flow, element, note.line, { x: x + PAD + taken, baseline: y + 51, size: note.size, ink: palette.muted })
}

const inkOf = ({ palette }: Flow, { tone = 'even' }: Tile): string =>
  ({ good: palette.good, bad: palette.bad, even: palette.muted })[tone]
