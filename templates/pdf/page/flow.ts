import type { Weight } from '../font/faces.ts'
import { hanOf } from '../text/fallback.ts'
import { type Typesetter, typesetter, widthOf } from '../text/set.ts'
import type { Line } from '../text/shape.ts'
import { type Ink, newPage, type Page, startOf, writeFurniture, writeText } from './canvas.ts'
import { type DocumentFonts, documentFonts } from './fontbook.ts'
import { type Palette, paletteOf } from './palette.ts'
import { documentElement, type Element } from './structure.ts'

/** The paper: A4 in points, the margins beside the text, where it starts and where it ends. */
export const SHEET = { width: 595.28, height: 841.89, left: 42, right: 553.28, top: 78, bottom: 786 } as const
export const FULL_WIDTH = SHEET.right - SHEET.left

/** A document being drawn from top to bottom. */
export interface Flow {
  readonly locale: string
  readonly palette: Palette
  readonly type: Typesetter
  readonly fonts: DocumentFonts
  readonly root: Element
  readonly pages: Page[]
  page: Page
  /** Where the next part starts. */
  y: number
}

export function openFlow(locale: string, brandColor: string | undefined): Flow {
  const page = newPage(0)
  return {
    locale,
    palette: paletteOf(brandColor),
    type: typesetter(hanOf(locale)),
    fonts: documentFonts(),
    root: documentElement(),
    pages: [page],
    page,
    y: SHEET.top,
  }
}

/** Whether `height` still fits on the page. */
export const fits = (flow: Flow, height: number): boolean => flow.y + height <= SHEET.bottom

/** Starts a new page where `height` does not fit any more. */
export function need(flow: Flow, height: number): void {
  if (!fits(flow, height)) turnPage(flow)
}

export function turnPage(flow: Flow): void {
  flow.page = newPage(flow.pages.length)
  flow.pages.push(flow.page)
  flow.y = SHEET.top
}

interface Place {
  readonly x: number
  readonly baseline: number
  readonly size: number
  readonly ink: Ink
  readonly align?: 'start' | 'middle' | 'end'
}

/** Writes a line that is read as part of `element`. */
export function put(
  flow: Flow,
  element: Element,
  line: Line,
  { x, baseline, size, ink, align = 'start' }: Place,
): void {
  writeText(flow.page, flow.fonts, element, line, startOf(line, size, x, align), baseline, { size, ink })
}

/** Writes a line that is seen and never read out: furniture, and what a page break makes appear twice. */
export function putFurniture(flow: Flow, line: Line, { x, baseline, size, ink, align = 'start' }: Place): void {
  writeFurniture(flow.page, flow.fonts, line, startOf(line, size, x, align), baseline, { size, ink })
}

/** A line set as large as fits into `width`, at most `size`, at least a third of it; narrower still it is cut. */
export function shrink(
  flow: Flow,
  text: string,
  size: number,
  width: number,
  weight: Weight,
): { line: Line; size: number } {
  const line = flow.type.line(text, weight)
  const wanted = Math.min(size, (size * width) / Math.max(1, widthOf(line, size)))
  if (wanted >= size / 3) return { line, size: wanted }
  return { line: flow.type.fit(text, size / 3, width, weight), size: size / 3 }
}
