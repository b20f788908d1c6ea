import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Font, openSync } from 'fontkit'
import { tolerateMissingAnchors } from './anchors.ts'
import { type Block, blockOf } from './blocks.ts'

export type Script = 'sans' | 'arabic' | 'hebrew' | 'sc' | 'jp' | 'kr' | 'emoji'
export type Weight = 'regular' | 'bold'

/** One glyph: its id in the whole font, its advance in 1/1000 em. */
export interface Glyph {
  readonly id: number
  readonly advance: number
  /** What it reads as when text is copied. */
  readonly codePoints: readonly number[]
  /** Set for a letter with marks on it: drawn of several glyphs, one to the reader. */
  readonly parts?: readonly Part[]
}

/** A glyph and where it stands in a composed one, in font units. */
export interface Part {
  readonly id: number
  readonly x: number
  readonly y: number
}

/** An open font file with what has been looked up in it; one per process, never per document. */
export interface Face {
  readonly key: string
  readonly font: Font
  /** Font units to 1/1000 em. */
  readonly scale: number
  /** Has no bold file: drawn with an outline instead. */
  readonly emboldened: boolean
  /** Glyphs that need no shaping, by code point; null where the face has none. */
  readonly simple: Map<number, SimpleGlyph | null>
  /** Kerning between two simple glyphs in 1/1000 em, by `left << 16 | right`. */
  readonly kerning: Map<number, number>
}

/** A glyph that needs no shaping; `hex` is its id as pages write it where it belongs to a block. */
export interface SimpleGlyph extends Glyph {
  readonly hex: string
  readonly block: Block | undefined
}

const FILES: Record<Script, Partial<Record<Weight, string>> & { regular: string }> = {
  sans: {
    regular: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
    bold: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  },
  arabic: {
    regular: '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
    bold: '@expo-google-fonts/noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf',
  },
  hebrew: {
    regular: '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf',
    bold: '@expo-google-fonts/noto-sans-hebrew/700Bold/NotoSansHebrew_700Bold.ttf',
  },
  sc: { regular: 'NotoSansSC-Regular.ttf' },
  jp: { regular: 'NotoSansJP-Regular.ttf' },
  kr: { regular: 'NotoSansKR-Regular.ttf' },
  emoji: {
    regular: '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf',
    bold: '@expo-google-fonts/noto-emoji/700Bold/NotoEmoji_700Bold.ttf',
  },
}

const open = new Map<string, Face>()

/** The face of a script, opened at its first use. Throws where its file is missing. */
export function faceOf(script: Script, weight: Weight): Face {
  const key = `${script}-${weight}`
  const known = open.get(key)
  if (known) return known
  const files = FILES[script]
  const font = tolerateMissingAnchors(forgetful(openSync(pathOf(files[weight] ?? files.regular)) as Font))
  const emboldened = weight === 'bold' && !files.bold
  const face = { key, font, scale: 1000 / font.unitsPerEm, emboldened, simple: new Map(), kerning: new Map() }
  open.set(key, face)
  return face
}

/** The glyph of a code point that stands alone; null where the face lacks it. */
export function simpleGlyph(face: Face, codePoint: number): SimpleGlyph | null {
  const known = face.simple.get(codePoint)
  if (known !== undefined) return known
  const glyph = face.font.hasGlyphForCodePoint(codePoint) ? lookUp(face, codePoint) : null
  face.simple.set(codePoint, glyph)
  return glyph
}

/** How far two neighbours move together (negative) or apart, in 1/1000 em. */
export function kerningOf(face: Face, left: SimpleGlyph, right: SimpleGlyph): number {
  const key = left.id * 65536 + right.id
  const known = face.kerning.get(key)
  if (known !== undefined) return known
  const pair = String.fromCodePoint(left.codePoints[0] ?? 32, right.codePoints[0] ?? 32)
  const first = face.font.layout(pair, { liga: false }).positions[0]
  const kerning = first ? Math.round(first.xAdvance * face.scale - left.advance) : 0
  face.kerning.set(key, kerning)
  return kerning
}

export const hexOf = (id: number): string => id.toString(16).padStart(4, '0')

function lookUp(face: Face, codePoint: number): SimpleGlyph {
  const glyph = face.font.glyphForCodePoint(codePoint)
  const advance = Math.round(glyph.advanceWidth * face.scale)
  return { id: glyph.id, hex: hexOf(glyph.id), advance, codePoints: [codePoint], block: blockOf(codePoint) }
}

/**
 * fontkit keeps each glyph with the letters it first stood for. One shape may stand for several (most Arabic letters
 * share theirs), and a document must not depend on what was set before it.
 */
function forgetful(font: Font): Font {
  const memory = font as unknown as { _glyphs: Record<number, unknown> }
  const getGlyph = font.getGlyph.bind(font)
  font.getGlyph = (id, codePoints) => {
    delete memory._glyphs[id]
    return getGlyph(id, codePoints)
  }
  return font
}

function pathOf(file: string): string {
  return file.startsWith('@') ? createRequire(import.meta.url).resolve(file) : join(vendored(), file)
}

/** Our own font folder, from the sources as from `dist`, which holds no fonts. */
function vendored(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return join(dir, 'templates', 'pdf', 'fonts')
    if (dir === dirname(dir)) throw new Error('package.json not found above templates/pdf: cannot find the fonts')
  }
}
