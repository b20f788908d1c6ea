import type { Face, Glyph } from '../font/faces.ts'
import { widthOf } from '../text/set.ts'
import type { FreePiece, Line, Piece } from '../text/shape.ts'
import type { Element } from './structure.ts'

/** `r g b` between 0 and 1, as PDF writes it. */
export type Ink = string

/** What one page shows, as PDF operators; y grows downwards. Decoration lies under everything that is read. */
export interface Page {
  readonly index: number
  readonly decoration: string[]
  readonly content: string[]
  /** The element of each marked stretch, by its id. */
  readonly marks: Element[]
  /** Fill colour that is set in `content`. */
  ink: Ink
}

/** The fonts of a document: names them on its pages and notes what must be embedded. */
export interface FontBook {
  /** The name of a piece's font. */
  readonly use: (piece: Piece) => string
  /** A free glyph's number in its font, in hex. */
  readonly number: (face: Face, glyph: Glyph) => string
}

export const newPage = (index: number): Page => ({ index, decoration: [], content: [], marks: [], ink: '' })

interface TextStyle {
  readonly size: number
  readonly ink: Ink
}

/** Writes one line that is read as part of `element`; `baseline` is where its letters stand. */
export function writeText(
  page: Page,
  fonts: FontBook,
  element: Element,
  line: Line,
  x: number,
  baseline: number,
  style: TextStyle,
): void {
  if (line.pieces.length === 0) return
  page.content.push(`/${element.tag} <</MCID ${mark(page, element)}>> BDC`)
  if (page.ink !== style.ink) page.content.push(`${style.ink} rg ${style.ink} RG`)
  page.ink = style.ink
  page.content.push(showLine(fonts, line, x, baseline, style.size), 'EMC')
}

/** Writes a line that is furniture: seen, never read out. */
export function writeFurniture(
  page: Page,
  fonts: FontBook,
  line: Line,
  x: number,
  baseline: number,
  style: TextStyle,
): void {
  page.decoration.push(`${style.ink} rg ${style.ink} RG`, showLine(fonts, line, x, baseline, style.size))
}

/** Opens a marked stretch for a drawing that stands for `element`, draws, and closes it. */
export function drawMarked(page: Page, element: Element, operators: readonly string[]): void {
  page.content.push(`/${element.tag} <</MCID ${mark(page, element)}>> BDC`, 'q', ...operators, 'Q', 'EMC')
}

export function fillRect(page: Page, x: number, y: number, width: number, height: number, ink: Ink): void {
  page.decoration.push(`${ink} rg ${n(x)} ${n(y)} ${n(width)} ${n(height)} re f`)
}

/** A rectangle with round corners. */
export function fillRound(
  page: Page,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
  ink: Ink,
): void {
  page.decoration.push(`${ink} rg ${roundRect(x, y, width, height, radius)} f`)
}

export function rule(page: Page, x: number, y: number, width: number, ink: Ink, thickness = 0.5): void {
  fillRect(page, x, y - thickness / 2, width, thickness, ink)
}

/** The operators that show a line of text. */
export function showLine(fonts: FontBook, line: Line, x: number, baseline: number, size: number): string {
  let out = `BT 1 0 0 -1 ${n(x)} ${n(baseline)} Tm`
  for (const piece of line.pieces) {
    const bold = piece.face.emboldened
    out += ` /${fonts.use(piece)} ${n(size)} Tf${bold ? ` 2 Tr ${n(size / 32)} w` : ''}`
    out += 'show' in piece ? ` [${piece.show}] TJ` : showFree(fonts, piece, size)
    if (bold) out += ' 0 Tr'
  }
  return `${out} ET`
}

function showFree(fonts: FontBook, { face, glyphs }: FreePiece, size: number): string {
  let [out, show, rise] = ['', '', 0]
  const flush = () => {
    if (show) out += rise ? ` ${n((rise * size) / 1000)} Ts [${show}] TJ 0 Ts` : ` [${show}] TJ`
    show = ''
  }
  for (const glyph of glyphs) {
    if (glyph.rise !== rise) flush()
    rise = glyph.rise
    show += `${glyph.right ? -glyph.right : ''}<${fonts.number(face, glyph)}>${glyph.back || ''}`
  }
  flush()
  return out
}

/** Where a line starts so that it ends at, or is centred on, `x`. */
export function startOf(line: Line, size: number, x: number, align: 'start' | 'middle' | 'end'): number {
  return align === 'start' ? x : x - widthOf(line, size) / (align === 'end' ? 1 : 2)
}

const CURVE = 0.4477 // how far a Bézier handle stays from the corner of a quarter circle

function roundRect(x: number, y: number, width: number, height: number, radius: number): string {
  const r = Math.min(radius, width / 2, height / 2)
  const [right, bottom, c] = [x + width, y + height, r * CURVE]
  return [
    `${n(x + r)} ${n(y)} m ${n(right - r)} ${n(y)} l ${n(right - c)} ${n(y)} ${n(right)} ${n(y + c)} ${n(right)} ${n(y + r)} c`,
    `${n(right)} ${n(bottom - r)} l ${n(right)} ${n(bottom - c)} ${n(right - c)} ${n(bottom)} ${n(right - r)} ${n(bottom)} c`,
    `${n(x + r)} ${n(bottom)} l ${n(x + c)} ${n(bottom)} ${n(x)} ${n(bottom - c)} ${n(x)} ${n(bottom - r)} c`,
    `${n(x)} ${n(y + r)} l ${n(x)} ${n(y + c)} ${n(x + c)} ${n(y)} ${n(x + r)} ${n(y)} c h`,
  ].join(' ')
}

/** A number as PDF writes it: two decimals are a hundredth of a point. */
export const n = (value: number): number => Math.round(value * 100) / 100

/** A text string of PDF in UTF-16, in hex. */
export function utf16(text: string): string {
  let hex = '<feff'
  for (let i = 0; i < text.length; i++) hex += text.charCodeAt(i).toString(16).padStart(4, '0')
  return `${hex}>`
}

function mark(page: Page, element: Element): number {
  const id = page.marks.length
  page.marks.push(element)
  element.kids.push({ page: page.index, id })
  return id
}
