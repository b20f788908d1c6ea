/** One line of a paragraph, in logical order. `more`: the text goes on where no line is left; the line holds all of it. */
interface BrokenLine {
  readonly text: string
  readonly more: boolean
}

type Measure = (text: string) => number

interface Word {
  readonly text: string
  /** With the spaces behind it, and without. */
  readonly width: number
  readonly ink: number
}

/** A word with the spaces after it; between Han characters and kana a line may break anywhere. */
const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{Pe}\p{Pf}、。，．！？]*\s*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+\s*|\s+/gu

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Breaks a text into at most `most` lines no wider than `width`; words that are wider are cut between graphemes. */
export function breakLines(text: string, measure: Measure, width: number, most: number): BrokenLine[] {
  const words = (text.match(WORDS) ?? []).flatMap((word) => wordsOf(word, measure, width))
  const lines: string[] = []
  let [current, taken] = ['', 0]
  for (const [index, word] of words.entries()) {
    if (current && taken + word.ink > width) {
      if (lines.length === most - 1) {
        const rest = words.slice(index).map((one) => one.text)
        return [...lines.map(whole), { text: [current, ...rest].join(''), more: true }]
      }
      lines.push(current.trimEnd())
      ;[current, taken] = ['', 0]
    }
    current += word.text
    taken += word.width
  }
  return [...lines, current.trimEnd()].map(whole)
}

const whole = (text: string): BrokenLine => ({ text, more: false })

/** The word, or the pieces it must be cut into. */
function wordsOf(text: string, measure: Measure, width: number): Word[] {
  const trimmed = text.trimEnd()
  const ink = measure(trimmed)
  if (ink <= width) return [{ text, ink, width: trimmed === text ? ink : ink + measure(text.slice(trimmed.length)) }]
  const pieces: Word[] = []
  let [current, taken] = ['', 0]
  for (const { segment } of graphemes.segment(text)) {
    const step = measure(segment)
    if (current && taken + step > width) {
      pieces.push({ text: current, ink: taken, width: taken })
      ;[current, taken] = ['', 0]
    }
    current += segment
    taken += step
  }
  return [...pieces, { text: current, ink: taken, width: taken }]
}
