import { type Face, faceOf, type Script, type Weight } from '../font/faces.ts'
import type { FaceRun } from './bidi.ts'

/** Which of the Han faces a text without kana or hangul is set in. */
export type Han = 'sc' | 'jp' | 'kr'

/** The Han face a reader of this locale expects. */
export function hanOf(locale: string): Han {
  const language = locale.toLowerCase().split('-')[0]
  return language === 'ja' ? 'jp' : language === 'ko' ? 'kr' : 'sc'
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u
const HANGUL = /\p{Script=Hangul}/u
const JOINERS = /[\u200c-\u200f\u061c]|\p{Variation_Selector}/gu
const EMOJI_STYLE = /\ufe0f|\p{Emoji_Modifier}|\p{Regional_Indicator}/u
const SPACE = /^\s+$/u
const NEUTRAL = /^[\p{P}\p{S}]+$/u

/** Cuts `text[from, to)` into runs of one face each; a grapheme is never cut. What no face has becomes U+FFFD's box. */
export function splitByFace(text: string, from: number, to: number, weight: Weight, han: Han): FaceRun[] {
  const chain = chainOf(text, han)
  const runs: { from: number; to: number; face: Face }[] = []
  for (const { segment, index } of graphemes.segment(text.slice(from, to))) {
    const last = runs.at(-1)
    const face = pick(segment, chain, weight, last?.face)
    if (last && last.face === face) last.to = from + index + segment.length
    else runs.push({ from: from + index, to: from + index + segment.length, face })
  }
  return runs
}

function chainOf(text: string, han: Han): readonly Script[] {
  const first: Han = KANA.test(text) ? 'jp' : HANGUL.test(text) ? 'kr' : han
  const others = (['sc', 'jp', 'kr'] as const).filter((other) => other !== first)
  return ['sans', 'arabic', 'hebrew', first, ...others, 'emoji']
}

function pick(segment: string, chain: readonly Script[], weight: Weight, previous: Face | undefined): Face {
  const base = segment.replace(JOINERS, '')
  const stays =
    previous &&
    ((SPACE.test(base) && !isEmoji(previous)) || (isRightToLeft(previous) && NEUTRAL.test(base))) &&
    hasAll(previous, base)
  if (previous && (stays || !base)) return previous
  const order = EMOJI_STYLE.test(segment) && !/^[\d#*]/.test(segment) ? (['emoji', ...chain] as const) : chain
  for (const script of order) {
    const face = faceOf(script, weight)
    if (hasAll(face, base)) return face
  }
  return faceOf('sans', weight)
}

const isRightToLeft = (face: Face): boolean => face.key.startsWith('arabic') || face.key.startsWith('hebrew')

const isEmoji = (face: Face): boolean => face.key.startsWith('emoji') // its spaces are as wide as its pictures

function hasAll(face: Face, text: string): boolean {
  for (const char of text) if (!face.font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0)) return false
  return true
}
