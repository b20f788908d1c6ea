import createBidi from 'bidi-js'
import type { Face } from '../font/faces.ts'

export interface FaceRun {
  readonly from: number
  readonly to: number
  readonly face: Face
}

export interface VisualRun {
  readonly face: Face
  readonly text: string
  readonly rightToLeft: boolean
}

// The package's types call its CommonJS export `default`; Node hands it over as the module itself.
const bidi = (createBidi as unknown as typeof createBidi.default)()
const MARKS = /[\u200e\u200f\u061c]/gu

/** The direction a paragraph starts in: that of its first strong character (Unicode bidi P2, P3). */
export function directionOf(text: string): 'ltr' | 'rtl' {
  return (bidi.getEmbeddingLevels(text).paragraphs[0]?.level ?? 0) % 2 ? 'rtl' : 'ltr'
}

/** The runs of one line in the order they stand on paper (Unicode bidi L2), mirrored characters mirrored (L4). */
export function orderRuns(
  text: string,
  split: (from: number, to: number) => readonly FaceRun[],
  direction?: 'ltr' | 'rtl',
): VisualRun[] {
  const embedding = bidi.getEmbeddingLevels(text, direction)
  const { levels } = embedding
  const mirrored = bidi.getMirroredCharactersMap(text, levels)
  const runs: (VisualRun & { level: number })[] = []
  for (let from = 0; from < text.length; ) {
    let to = from + 1
    while (to < text.length && levels[to] === levels[from]) to++
    const level = levels[from] ?? 0
    for (const part of split(from, to)) {
      const shown = mirror(text, part.from, part.to, mirrored).replace(MARKS, '')
      if (shown) runs.push({ face: part.face, text: shown, rightToLeft: level % 2 === 1, level })
    }
    from = to
  }
  return reorder(runs)
}

/** The other one of a pair of brackets; itself for what has no pair. */
export function mirrorOf(codePoint: number): number {
  const other = bidi.getMirroredCharacter(String.fromCodePoint(codePoint))
  return other?.codePointAt(0) ?? codePoint
}

function mirror(text: string, from: number, to: number, mirrored: Map<number, string>): string {
  if (mirrored.size === 0) return text.slice(from, to)
  let out = ''
  for (let i = from; i < to; i++) out += mirrored.get(i) ?? text[i]
  return out
}

function reorder<R extends { level: number }>(runs: R[]): R[] {
  const highest = Math.max(0, ...runs.map((run) => run.level))
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < runs.length; from++) {
      let to = from
      while (to < runs.length && (runs[to] as R).level >= level) to++
      if (to > from) runs.splice(from, to - from, ...runs.slice(from, to).reverse())
      from = to
    }
  }
  return runs
}
