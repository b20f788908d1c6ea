import type { GlyphRun } from 'fontkit'
import { type Block, blockOf } from '../font/blocks.ts'
import { type Face, faceOf, type Glyph, kerningOf, type SimpleGlyph, simpleGlyph, type Weight } from '../font/faces.ts'
import { mirrorOf, orderRuns, type VisualRun } from './bidi.ts'
import { type Han, splitByFace } from './fallback.ts'
import { type MergedGlyph, mergeMarks, type RawGlyph } from './marks.ts'

/** Glyphs of one face in a row, as the page will show them from left to right. */
export type Piece = FixedPiece | FreePiece

/** All of it in the blocks of the face: written the same in every document. */
interface FixedPiece {
  readonly face: Face
  readonly blocks: ReadonlySet<Block>
  /** The operands of `TJ`. */
  readonly show: string
}

/** Glyphs that are numbered anew in each document, because one shape may stand for several letters. */
export interface FreePiece {
  readonly face: Face
  readonly glyphs: readonly PlacedGlyph[]
}

/** A glyph with its offset from where it would stand, and the way back to where the next begins; in 1/1000 em. */
interface PlacedGlyph extends Glyph {
  readonly right: number
  readonly rise: number
  readonly back: number
}

/** One line of text, shaped and in visual order. */
export interface Line {
  /** In 1/1000 em. */
  readonly width: number
  readonly pieces: readonly Piece[]
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
    if (code >= HEAD_OF_RIGHT_TO_LEFT && !blockOf(code)) return undefined
    const glyph = simpleGlyph(face, code)
    if (!glyph || (!glyph.block && COMBINING.test(String.fromCharCode(code)))) return undefined
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
    const fixed = glyphs[from]?.block !== undefined
    let to = from + 1
    while (to < glyphs.length && (glyphs[to]?.block !== undefined) === fixed) to++
    pieces.push(simplePiece(face, glyphs, from, to, fixed))
    from = to
  }
  return pieces
}

function simplePiece(face: Face, glyphs: readonly SimpleGlyph[], from: number, to: number, fixed: boolean): Piece {
  const own = glyphs.slice(from, to)
  const kernings = own.map((glyph, i) => {
    const right = glyphs[from + i + 1]
    return right ? kerningOf(face, glyph, right) : 0
  })
  if (!fixed)
    return { face, glyphs: own.map((glyph, i) => ({ ...glyph, right: 0, rise: 0, back: -(kernings[i] ?? 0) })) }
  const blocks = new Set(own.map((glyph) => glyph.block as Block))
  return {
    face,
    blocks,
    show: `<${own.map((glyph, i) => (kernings[i] ? `${glyph.hex}>${-kernings[i]}<` : glyph.hex)).join('')}>`,
  }
}

function shapeComplex(text: string, { weight, han }: Typeface, direction?: 'ltr' | 'rtl'): Line {
  const runs = orderRuns(text, (from, to) => splitByFace(text, from, to, weight, han), direction)
  const shaped = runs.map((run) => shapeRun(run))
  return { width: shaped.reduce((sum, run) => sum + run.width, 0), pieces: shaped.flatMap((run) => run.pieces) }
}

function shapeRun({ face, text, rightToLeft }: VisualRun): Line {
  const simple = rightToLeft || !face.key.startsWith('sans') ? undefined : simpleGlyphs(face, text)
  if (simple) return { width: advance(face, simple), pieces: simplePieces(face, simple) }
  const run = layout(face, text, rightToLeft)
  if (!run) return unshaped(face, text, rightToLeft)
  const raw = run.glyphs.map((glyph, i): RawGlyph => {
    if (glyph.id === 0) return standIn(face, glyph.codePoints)
    const { xOffset: x = 0, yOffset: y = 0, xAdvance: step = 0 } = run.positions[i] ?? {}
    return { id: glyph.id, advance: glyph.advanceWidth, codePoints: readAs(glyph, rightToLeft), x, y, step }
  })
  const glyphs = mergeMarks(raw, rightToLeft).map((glyph) => placed(glyph, face.scale))
  const width = raw.reduce((sum, { step }) => sum + Math.round(step * face.scale), 0)
  return { width, pieces: glyphs.length ? [{ face, glyphs }] : [] }
}

/** Undefined where the shaper stumbles: a name must not cost its statement. */
function layout(face: Face, text: string, rightToLeft: boolean): GlyphRun | undefined {
  try {
    return face.font.layout(text, { liga: true }, undefined, undefined, rightToLeft ? 'rtl' : 'ltr')
  } catch {
    return undefined
  }
}

/** Letter beside letter: not as it should look, but there, and to be read. */
function unshaped(face: Face, text: string, rightToLeft: boolean): Line {
  const glyphs = [...text].map((char) => {
    const codePoint = char.codePointAt(0) ?? 0
    const codePoints = rightToLeft ? [mirrorOf(codePoint)] : [codePoint]
    const { id, advance } = simpleGlyph(face, codePoint) ?? { id: simpleGlyph(face, 0xfffd)?.id ?? 0, advance: 600 }
    return { id, codePoints, advance, right: 0, rise: 0, back: 0 }
  })
  if (rightToLeft) glyphs.reverse()
  const width = glyphs.reduce((sum, { advance }) => sum + advance, 0)
  return { width, pieces: glyphs.length ? [{ face, glyphs }] : [] }
}

function placed({ id, codePoints, parts, ...glyph }: MergedGlyph, scale: number): PlacedGlyph {
  const [advance, right, rise, step] = [glyph.advance, glyph.x, glyph.y, glyph.step].map((units) =>
    Math.round(units * scale),
  ) as [number, number, number, number]
  return { id, codePoints, advance, right, rise, back: advance + right - step, ...(parts && { parts }) }
}

/** What no face can draw is shown as the sign for that, and still read as what it is. */
function standIn(face: Face, codePoints: readonly number[]): RawGlyph {
  const sign = simpleGlyph(face, 0xfffd)
  const advance = (sign?.advance ?? 600) / face.scale
  return { id: sign?.id ?? 0, advance, codePoints, x: 0, y: 0, step: advance }
}

/** A mirrored bracket reads as what was written. */
function readAs({ codePoints }: { codePoints: number[] }, rightToLeft: boolean): readonly number[] {
  return rightToLeft && codePoints.length === 1 ? [mirrorOf(codePoints[0] as number)] : codePoints
}
