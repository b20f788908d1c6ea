import type { Weight } from '../font/faces.ts'
import { directionOf } from './bidi.ts'
import { breakLines } from './break.ts'
import { clean } from './clean.ts'
import type { Han } from './fallback.ts'
import { type Line, shapeLine, type Typeface } from './shape.ts'

/** Sets texts for one reader's locale; what was set once is kept for the documents that follow. */
export interface Typesetter {
  /** One line, however long. */
  readonly line: (text: string, weight?: Weight) => Line
  /** One line no wider than `width` points at `size`; cut with an ellipsis where it must be. */
  readonly fit: (text: string, size: number, width: number, weight?: Weight) => Line
  /** At most `most` lines; the last one is cut with an ellipsis where the text goes on. */
  readonly wrap: (text: string, size: number, width: number, most: number, weight?: Weight) => readonly Line[]
}

export const widthOf = (line: Line, size: number): number => (line.width * size) / 1000

const KEPT = 8_000
const LONGEST = 4_000 // more than any page shows of one text
type Lines = Map<string, Line>

/**
 * Most texts of a document are its own (amounts, ids) and go with it; one that the next document sets too is a label,
 * and is kept. Keeping them all would have the garbage collector carry each amount from one document to the next.
 */
interface Kept {
  readonly labels: Lines
  /** Of the document before. */
  last: Lines
}
const kept = new Map<string, Kept>()
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

export function typesetter(han: Han): Typesetter {
  const find = { regular: lineFinder({ weight: 'regular', han }), bold: lineFinder({ weight: 'bold', han }) }
  const line = (text: string, weight: Weight = 'regular') => find[weight](text)
  const oneLine = (text: string, size: number, width: number, weight: Weight = 'regular') => {
    const whole = line(text, weight)
    return widthOf(whole, size) <= width ? whole : cut(shown(text), (part) => line(part, weight), size, width)
  }
  const wrap = (text: string, size: number, width: number, most: number, weight: Weight = 'regular') => {
    const whole = line(text, weight)
    if (widthOf(whole, size) <= width) return [whole]
    if (most === 1) return [oneLine(text, size, width, weight)]
    const paragraph = shown(text)
    const direction = directionOf(paragraph)
    const part = (piece: string) => shapeLine(piece, { weight, han }, direction)
    const measure = (piece: string) => widthOf(line(piece, weight), size)
    return breakLines(paragraph, measure, width, most).map(({ text: piece, more }) =>
      more ? cut(piece, part, size, width) : part(piece),
    )
  }
  return { line, fit: oneLine, wrap }
}

/** The lines of one document in one weight. */
function lineFinder(typeface: Typeface): (text: string) => Line {
  const key = `${typeface.han} ${typeface.weight}`
  const store = kept.get(key) ?? { labels: new Map(), last: new Map() }
  kept.set(key, store)
  const { labels, last } = store
  const own: Lines = new Map()
  store.last = own
  return (text) => labels.get(text) ?? own.get(text) ?? keep(text, last.get(text), { labels, own }, typeface)
}

function keep(text: string, known: Line | undefined, to: { labels: Lines; own: Lines }, typeface: Typeface): Line {
  const line = known ?? shapeLine(shown(text), typeface)
  if (to.labels.size >= KEPT) to.labels.clear()
  ;(known ? to.labels : to.own).set(text, line)
  return line
}

/** Clean, and no longer than could ever be shown. */
function shown(text: string): string {
  return clean(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}

/** The longest beginning of `text` that fits together with an ellipsis. */
function cut(text: string, set: (part: string) => Line, size: number, width: number): Line {
  const units = Array.from(graphemes.segment(text.slice(0, 2000)), ({ segment }) => segment)
  let [low, high] = [0, units.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (widthOf(set(ellipsed(units, middle)), size) <= width) low = middle
    else high = middle - 1
  }
  return set(ellipsed(units, low))
}

const ellipsed = (units: readonly string[], count: number): string => `${units.slice(0, count).join('').trimEnd()}…`
