import { type Block, blockOf } from '../font/blocks.ts'
import {
  type Face,
  faceOf,
  type Glyph,
  hexOf,
  kerningOf,
  type SimpleGlyph,
  simpleGlyph,
  type Weight,
} from '../font/faces.ts'
import { orderRuns } from './bidi.ts'
import { type Han, splitByFace } from './fallback.ts'

/** Glyphs of one font in a row, as the page will show them from left to right. */
export interface Piece {
  readonly face: Face
  readonly block: Block
  /** The operands of `TJ` with the rise they stand at, in 1/1000 em. */
  readonly shows: readonly { readonly rise: number; readonly glyphs: string }[]
  /** What the document must embed; only for what belongs to no block. */
  readonly embed: readonly Glyph[]
}

/** One line of text, shaped and in visual order. */
export interface Line {
  /** In 1/1000 em. */
  readonly width: number
  readonly pieces: readonly Piece[]
  /** What it reads as, where the glyphs alone would not say it right. */
  readonly actual?: string
}

/** How a document sets its text. */
export interface Typeface {
  readonly weight: Weight
  readonly han: Han
}

/** Shapes one line. `text` must be clean. `direction` is the paragraph's where the line is a part of one. */
export function shapeLine(text: string, { weight, han }: Typeface, direction?: 'ltr' | 'rtl'): Line {
  const face = faceOf('sans', weight)
  const glyphs = simpleGlyphs(face, text)
  if (glyphs) return { width: advance(face, glyphs), pieces: simplePieces(face, glyphs) }
  return shapeComplex(text, { weight, han }, direction)
}

const HEAD_OF_RIGHT_TO_LEFT = 0x590
const COMBINING = /\p{M}/u

/** Undefined where the text needs order, joining or another face. */
function simpleGlyphs(face: Face, text: string): SimpleGlyph[] | undefined {
  const glyphs: SimpleGlyph[] = []
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= HEAD_OF_RIGHT_TO_LEFT && blockOf(code) === 'rest') return undefined
    const glyph = simpleGlyph(face, code)
    if (!glyph || (glyph.block === 'rest' && COMBINING.test(String.fromCharCode(code)))) return undefined
    glyphs.push(glyph)
  }
  return glyphs
}

function advance(face: Face, glyphs: readonly SimpleGlyph[]): number {
  let width = 0
  let previous: SimpleGlyph | undefined
  for (const glyph of glyphs) {
    width += glyph.advance + (previous ? kerningOf(face, previous, glyph) : 0)
    previous = glyph
  }
  return width
}

function simplePieces(face: Face, glyphs: readonly SimpleGlyph[]): Piece[] {
  const pieces: Piece[] = []
  for (let from = 0; from < glyphs.length; ) {
    const block = glyphs[from]?.block ?? 'latin'
    let to = from + 1
    while (to < glyphs.length && glyphs[to]?.block === block) to++
    const own = glyphs.slice(from, to)
    const shows = [{ rise: 0, glyphs: simpleShow(face, own, glyphs[to]) }]
    pieces.push({ face, block, shows, embed: block === 'rest' ? own : [] })
    from = to
  }
  return pieces
}

function simpleShow(face: Face, glyphs: readonly SimpleGlyph[], next: SimpleGlyph | undefined): string {
  let show = '<'
  for (let i = 0; i < glyphs.length; i++) {
    const glyph = glyphs[i] as SimpleGlyph
    const right = glyphs[i + 1] ?? next
    const kerning = right ? kerningOf(face, glyph, right) : 0
    show += kerning ? `${glyph.hex}>${-kerning}<` : glyph.hex
  }
  return `${show}>`
}

function shapeComplex(text: string, { weight, han }: Typeface, direction?: 'ltr' | 'rtl'): Line {
  const runs = orderRuns(text, (from, to) => splitByFace(text, from, to, weight, han), direction)
  const shaped = runs.map((run) => shapeRun(run.face, run.text, run.rightToLeft))
  return {
    width: shaped.reduce((sum, run) => sum + run.width, 0),
    pieces: shaped.flatMap((run) => run.pieces),
    actual: text,
  }
}

function shapeRun(face: Face, text: string, rightToLeft: boolean): { width: number; pieces: readonly Piece[] } {
  const simple = rightToLeft || face.key.startsWith('sans') === false ? undefined : simpleGlyphs(face, text)
  if (simple) return { width: advance(face, simple), pieces: simplePieces(face, simple) }
  forgetGlyphs(face)
  const { glyphs, positions } = face.font.layout(
    text,
    { liga: true },
    undefined,
    undefined,
    rightToLeft ? 'rtl' : 'ltr',
  )
  const embed: Glyph[] = []
  const shows: { rise: number; glyphs: string }[] = []
  let [width, rise, show] = [0, 0, '']
  const flush = () => {
    if (show) shows.push({ rise, glyphs: show })
    show = ''
  }
  glyphs.forEach((glyph, i) => {
    const at = positions[i] ?? { xAdvance: 0, xOffset: 0, yOffset: 0 }
    const [own, x, step] = [
      round(glyph.advanceWidth * face.scale),
      round(at.xOffset * face.scale),
      round(at.xAdvance * face.scale),
    ]
    const y = round(at.yOffset * face.scale)
    if (y !== rise) flush()
    rise = y
    const back = own + x - step // after the glyph: from where it ends to where the next begins
    show += `${x ? -x : ''}<${hexOf(glyph.id)}>${back || ''}`
    width += step
    embed.push({ id: glyph.id, hex: hexOf(glyph.id), advance: own, codePoints: glyph.codePoints })
  })
  flush()
  return { width, pieces: [{ face, block: 'rest', shows, embed }] }
}

const round = Math.round

/** The font remembers each glyph with the first text it saw it in; a document must not depend on what came before it. */
function forgetGlyphs(face: Face): void {
  const memory = face.font as unknown as { _glyphs: Record<number, unknown> }
  memory._glyphs = {}
}
