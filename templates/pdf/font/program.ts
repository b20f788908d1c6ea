import { deflateSync } from 'node:zlib'
import { BLOCKS, type Block, codePointsOf } from './blocks.ts'
import { type Face, type Glyph, hexOf, simpleGlyph } from './faces.ts'
import { openSubset } from './subset.ts'

/**
 * A subset of a face, ready to be written: pages call its glyphs by numbers of their own, an id map leads from these to
 * the glyphs of the subset.
 */
export interface FontProgram {
  readonly name: string
  readonly file: Uint8Array
  readonly fileLength: number
  readonly idMap: Uint8Array
  readonly toUnicode: Uint8Array
  /** The `W` array of the font, as PDF text. */
  readonly widths: string
  readonly metrics: {
    readonly box: readonly number[]
    readonly ascent: number
    readonly descent: number
    readonly capHeight: number
    readonly italicAngle: number
  }
}

const programs = new Map<string, FontProgram>()

/** A glyph with the number that pages call it by. */
export interface NumberedGlyph extends Glyph {
  readonly number: number
}

/** The program of whole blocks, made once per process; pages call these glyphs by their id in the whole font. */
export function blocksProgram(face: Face, blocks: ReadonlySet<Block>): FontProgram {
  const wanted = BLOCKS.filter((block) => blocks.has(block))
  const key = `${face.key}/${wanted.join('+')}`
  const known = programs.get(key)
  if (known) return known
  const glyphs = new Map<number, NumberedGlyph>()
  for (const codePoint of wanted.flatMap(codePointsOf)) {
    const glyph = simpleGlyph(face, codePoint)
    if (glyph && !glyphs.has(glyph.id)) glyphs.set(glyph.id, { ...glyph, number: glyph.id })
  }
  const program = fontProgram(face, [...glyphs.values()])
  programs.set(key, program)
  return program
}

/** The program of just these glyphs. Several numbers may lead to one glyph, each reads as its own text. */
export function fontProgram(face: Face, glyphs: readonly NumberedGlyph[]): FontProgram {
  const ordered = [...glyphs].sort((a, b) => a.number - b.number)
  const subset = openSubset(face)
  const idMap = Buffer.alloc(2 * ((ordered.at(-1)?.number ?? 0) + 1))
  for (const glyph of ordered) idMap.writeUInt16BE(subset.include(glyph), 2 * glyph.number)
  const file = subset.encode()
  return {
    name: `${tagOf(ordered)}+${(face.font.postscriptName || face.key).replaceAll(' ', '_')}`,
    file: deflateSync(file),
    fileLength: file.length,
    idMap: deflateSync(idMap),
    toUnicode: deflateSync(unicodeMap(ordered)),
    widths: `[${ordered.map((glyph) => `${glyph.number} [${glyph.advance}]`).join(' ')}]`,
    metrics: metricsOf(face),
  }
}

/** Six capitals that differ between subsets and are the same for the same glyphs. */
function tagOf(glyphs: readonly NumberedGlyph[]): string {
  let hash = glyphs.length
  for (const glyph of glyphs) hash = (Math.imul(hash, 31) + glyph.id + glyph.number) >>> 0
  return Array.from({ length: 6 }, (_, i) => String.fromCharCode(65 + (Math.floor(hash / 26 ** i) % 26))).join('')
}

function metricsOf({ font, scale }: Face): FontProgram['metrics'] {
  const { minX, minY, maxX, maxY } = font.bbox
  const round = (units: number) => Math.round(units * scale)
  return {
    box: [minX, minY, maxX, maxY].map(round),
    ascent: round(font.ascent),
    descent: round(font.descent),
    capHeight: round(font.capHeight || font.ascent),
    italicAngle: font.italicAngle,
  }
}

const CHUNK = 100 // a CMap allows no more entries in one section

const INVISIBLE = [0x200d] // a joiner, for a glyph that reads as nothing

function unicodeMap(glyphs: readonly NumberedGlyph[]): Buffer {
  const entries = glyphs.map(
    ({ number, codePoints }) => `<${hexOf(number)}> <${utf16(codePoints.length ? codePoints : INVISIBLE)}>`,
  )
  const sections = []
  for (let i = 0; i < entries.length; i += CHUNK) {
    const chunk = entries.slice(i, i + CHUNK)
    sections.push(`${chunk.length} beginbfchar\n${chunk.join('\n')}\nendbfchar`)
  }
  return Buffer.from(
    `/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n` +
      `/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n` +
      `/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n` +
      `1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n${sections.join('\n')}\n` +
      `endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n`,
    'latin1',
  )
}

const utf16 = (codePoints: readonly number[]): string =>
  [...String.fromCodePoint(...codePoints)]
    .map((char) => [...char.split('')].map((unit) => hexOf(unit.charCodeAt(0))).join(''))
    .join('')
