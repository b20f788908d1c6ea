import type { Part } from '../font/faces.ts'

/** A glyph as shaping leaves it, in font units: its offset from the pen, how far the pen moves. */
export interface RawGlyph {
  readonly id: number
  readonly advance: number
  readonly codePoints: readonly number[]
  readonly x: number
  readonly y: number
  readonly step: number
}

export interface MergedGlyph extends RawGlyph {
  readonly parts?: readonly Part[]
}

/**
 * Puts each letter together with the marks on it (the dots of Arabic letters, vowel signs), so that a word stays one
 * row of letters to whoever selects or searches it. Marks come after their letter, in right-to-left runs before it.
 */
export function mergeMarks(glyphs: readonly RawGlyph[], rightToLeft: boolean): MergedGlyph[] {
  const logical = rightToLeft ? [...glyphs].reverse() : glyphs
  const merged: MergedGlyph[] = []
  for (const glyph of logical) {
    const base = merged.at(-1)
    if (base && isMark(glyph)) merged[merged.length - 1] = withMark(base, glyph, rightToLeft)
    else merged.push(glyph)
  }
  return rightToLeft ? merged.reverse() : merged
}

const isMark = ({ advance, step }: RawGlyph): boolean => advance === 0 && step === 0

function withMark(base: MergedGlyph, mark: RawGlyph, rightToLeft: boolean): MergedGlyph {
  const pen = rightToLeft ? 0 : base.step // where the mark's own pen stood
  const parts = base.parts ?? [{ id: base.id, x: 0, y: 0 }]
  const part = { id: mark.id, x: Math.round(pen + mark.x - base.x), y: Math.round(mark.y - base.y) }
  // Readers turn a right-to-left row round letter by letter, a letter's own marks with it.
  const codePoints = rightToLeft ? [...mark.codePoints, ...base.codePoints] : [...base.codePoints, ...mark.codePoints]
  return { ...base, codePoints, parts: [...parts, part] }
}
