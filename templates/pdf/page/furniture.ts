import { dotted } from '../text/clean.ts'
import { widthOf } from '../text/set.ts'
import type { Line } from '../text/shape.ts'
import { LOGO } from './assemble.ts'
import { fillRect, n, rule } from './canvas.ts'
import { type Flow, FULL_WIDTH, putFurniture, SHEET } from './flow.ts'
import type { Picture } from './picture.ts'

/** What stands at the head and foot of every page. */
interface Furniture {
  readonly account: string
  readonly title: string
  readonly period: string
  readonly sha256: string
  readonly logo: Picture | undefined
}

const LOGO_BOX = { width: 150, height: 28 } as const

/** Draws head and foot on all pages; done last, when their number is known. */
export function drawFurniture(flow: Flow, furniture: Furniture): void {
  for (const page of flow.pages) {
    flow.page = page
    drawHead(flow, furniture)
    drawFoot(flow, furniture)
  }
}

function drawHead(flow: Flow, { account, title, period, logo }: Furniture): void {
  const { palette, type } = flow
  fillRect(flow.page, 0, 0, SHEET.width, 7, palette.brand)
  const left = logo ? drawLogo(flow, logo) : SHEET.left
  const right = { x: SHEET.right, size: 9, align: 'end' } as const
  const name = type.fit(title, 9, MOST_FOR_PERIOD, 'bold')
  putFurniture(flow, name, { ...right, baseline: 35, ink: palette.accent })
  const when = inFull(flow, period, MOST_FOR_PERIOD)
  putFurniture(flow, when.line, { ...right, size: when.size, baseline: 47, ink: palette.muted })
  const taken = Math.max(widthOf(name, 9), widthOf(when.line, when.size))
  const size = logo ? 9.5 : 13
  const who = type.fit(account, size, SHEET.right - taken - GAP - left, 'bold')
  putFurniture(flow, who, { x: left, baseline: 42, size, ink: palette.ink })
  rule(flow.page, SHEET.left, 58, FULL_WIDTH, palette.rule)
}

/** A statement without its whole period is of no use, while a name is known by its beginning: the name gives way. */
const MOST_FOR_PERIOD = FULL_WIDTH * 0.62
const GAP = 14

/** Smaller where it must be; only what no size shows, which no period is, is cut. */
function inFull({ type }: Flow, text: string, width: number): { line: Line; size: number } {
  const line = type.line(text)
  const size = [9, 8, 7].find((one) => widthOf(line, one) <= width)
  return size ? { line, size } : { line: type.fit(text, 7, width), size: 7 }
}

/** Draws the logo into its box and says where the name beside it starts. */
function drawLogo(flow: Flow, logo: Picture): number {
  const scale = Math.min(LOGO_BOX.width / logo.width, LOGO_BOX.height / logo.height)
  const [width, height] = [logo.width * scale, logo.height * scale]
  const bottom = 24 + (LOGO_BOX.height + height) / 2
  flow.page.decoration.push(`q ${n(width)} 0 0 ${n(-height)} ${SHEET.left} ${n(bottom)} cm /${LOGO} Do Q`)
  return SHEET.left + width + 10
}

function drawFoot(flow: Flow, { account, title, period, sha256 }: Furniture): void {
  const { palette, type, page, pages } = flow
  const style = { baseline: 809, size: 7.2, ink: palette.muted }
  rule(page, SHEET.left, 797, FULL_WIDTH, palette.rule)
  const number = type.line(`page ${page.index + 1} of ${pages.length}`)
  putFurniture(flow, number, { ...style, x: SHEET.right, align: 'end' })
  const seal = type.line(`SHA-256 ${sha256.slice(0, 8)}`)
  const middle = SHEET.right - 120
  putFurniture(flow, seal, { ...style, x: middle, align: 'end' })
  const room = middle - widthOf(seal, style.size) - 12 - SHEET.left
  putFurniture(flow, type.fit(dotted([title, period, account]), style.size, room), { ...style, x: SHEET.left })
}
