import { dotted } from '../text/clean.ts'
import { widthOf } from '../text/set.ts'
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
  const name = type.fit(account, logo ? 9.5 : 13, FULL_WIDTH * 0.55 - (left - SHEET.left), 'bold')
  putFurniture(flow, name, { x: left, baseline: 42, size: logo ? 9.5 : 13, ink: palette.ink })
  const room = FULL_WIDTH * 0.42
  putFurniture(flow, type.fit(title, 9, room, 'bold'), {
    x: SHEET.right,
    baseline: 35,
    size: 9,
    ink: palette.accent,
    align: 'end',
  })
  putFurniture(flow, type.fit(period, 9, room), {
    x: SHEET.right,
    baseline: 47,
    size: 9,
    ink: palette.muted,
    align: 'end',
  })
  rule(flow.page, SHEET.left, 58, FULL_WIDTH, palette.rule)
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
  putFurniture(flow, type.fit(dotted([account, title, period]), style.size, room), { ...style, x: SHEET.left })
}
