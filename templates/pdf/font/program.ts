import { deflateSync } from 'node:zlib'
import { BLOCKS, type Block, codePointsOf } from './blocks.ts'
import { type Face, type Glyph, hexOf, simpleGlyph } from './faces.ts'

/**
 * A subset of a face, ready to be written: glyphs keep the ids of the whole font (an id map leads to the subset's own),
 * so that a shaped text reads the same in every document.
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

/** fontkit's, whose types know no ids. */
interface Subset {
  includeGlyph(id: number): number
  encode(): Uint8Array
}

const programs = new Map<string, FontProgram>()

/** The program of a whole block, made once per process. */
export function blockProgram(face: Face, block: (typeof BLOCKS)[number]): FontProgram {
  const key = `${face.key}/${block}`
  const known = programs.get(key)
  if (known) return known
  const glyphs = new Map<number, Glyph>()
  for (const codePoint of codePointsOf(block)) {
    const glyph = simpleGlyph(face, codePoint)
    if (glyph && !glyphs.has(glyph.id)) glyphs.set(glyph.id, glyph)
  }
  const program = fontProgram(face, block, [...glyphs.values()])
  programs.set(key, program)
  return program
}

/** The program of just these glyphs, each id once. */
export function fontProgram(face: Face, block: Block, glyphs: readonly Glyph[]): FontProgram {
  const ordered = [...glyphs].sort((a, b) => a.id - b.id)
  const subset = face.font.createSubset() as unknown as Subset
  const idMap = Buffer.alloc(2 * ((ordered.at(-1)?.id ?? 0) + 1))
  for (const glyph of ordered) idMap.writeUInt16BE(subset.includeGlyph(glyph.id), 2 * glyph.id)
  const file = subset.encode()
  return {
    name: `${tagOf(block, ordered)}+${(face.font.postscriptName || face.key).replaceAll(' ', '_')}`,
    file: deflateSync(file),
    fileLength: file.length,
    idMap: deflateSync(idMap),
    toUnicode: deflateSync(unicodeMap(ordered)),
    widths: `[${ordered.map((glyph) => `${glyph.id} [${glyph.advance}]`).join(' ')}]`,
    metrics: metricsOf(face),
  }
}

/** Six capitals that differ between subsets and are the same for the same glyphs. */
function tagOf(block: Block, glyphs: readonly Glyph[]): string {
  let hash = BLOCKS.length + block.length
  for (const glyph of glyphs) hash = (Math.imul(hash, 31) + glyph.id) >>> 0
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

function unicodeMap(glyphs: readonly Glyph[]): Buffer {
  const entries = glyphs
    .filter((glyph) => glyph.codePoints.length > 0)
    .map((glyph) => `<${glyph.hex}> <${utf16(glyph.codePoints)}>`)
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
