import type { Block } from '../font/blocks.ts'
import { type Face, hexOf } from '../font/faces.ts'
import { blocksProgram, type FontProgram, fontProgram, type NumberedGlyph } from '../font/program.ts'
import type { FontBook } from './canvas.ts'
import type { CompactDocument } from './document.ts'
import type { Reference } from './objects.ts'

/** One face in a document: its fixed blocks are one font, its free glyphs another. */
interface Entry {
  fixedName?: string
  freeName?: string
  readonly blocks: Set<Block>
  readonly free: Map<string, NumberedGlyph>
}

/** The fonts of one document, in the order of their first use. */
export interface DocumentFonts extends FontBook {
  /** Writes every font that was used: resource names to their objects. */
  readonly embed: (document: CompactDocument) => Record<string, Reference>
}

export function documentFonts(): DocumentFonts {
  const entries = new Map<Face, Entry>()
  let count = 0
  const entryOf = (face: Face): Entry => {
    const entry = entries.get(face) ?? { blocks: new Set(), free: new Map() }
    entries.set(face, entry)
    return entry
  }
  return {
    use(piece) {
      const entry = entryOf(piece.face)
      if (!('show' in piece)) {
        entry.freeName ??= `F${++count}`
        return entry.freeName
      }
      for (const block of piece.blocks) entry.blocks.add(block)
      entry.fixedName ??= `F${++count}`
      return entry.fixedName
    },
    number(face, glyph) {
      const { free } = entryOf(face)
      const parts = glyph.parts?.map(({ id, x, y }) => `${id},${x},${y}`).join(' ') ?? glyph.id
      const key = `${parts}:${glyph.codePoints}`
      const known = free.get(key) ?? { ...glyph, number: free.size + 1 }
      free.set(key, known)
      return hexOf(known.number)
    },
    embed: (document) =>
      Object.fromEntries(
        [...entries].flatMap(([face, { fixedName, freeName, blocks, free }]) => [
          ...(fixedName ? [[fixedName, writeFont(document, blocksProgram(face, blocks))] as const] : []),
          ...(freeName ? [[freeName, writeFont(document, fontProgram(face, [...free.values()]))] as const] : []),
        ]),
      ),
  }
}

function writeFont(document: CompactDocument, program: FontProgram): Reference {
  const { metrics } = program
  const descriptor = write(document, {
    Type: 'FontDescriptor',
    FontName: program.name,
    Flags: 4,
    FontBBox: metrics.box,
    ItalicAngle: metrics.italicAngle,
    Ascent: metrics.ascent,
    Descent: metrics.descent,
    CapHeight: metrics.capHeight,
    StemV: 80,
    FontFile2: stream(document, program.file, { Length1: program.fileLength }),
  })
  const descendant = write(document, {
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: program.name,
    CIDSystemInfo: { Registry: new String('Adobe'), Ordering: new String('Identity'), Supplement: 0 },
    FontDescriptor: descriptor,
    DW: 0,
    W: raw(program.widths),
    CIDToGIDMap: stream(document, program.idMap),
  })
  return write(document, {
    Type: 'Font',
    Subtype: 'Type0',
    BaseFont: program.name,
    Encoding: 'Identity-H',
    DescendantFonts: [descendant],
    ToUnicode: stream(document, program.toUnicode),
  })
}

function write(document: CompactDocument, data: Record<string, unknown>): Reference {
  const reference = document.reference(data)
  reference.end()
  return reference
}

function stream(document: CompactDocument, compressed: Uint8Array, data: Record<string, unknown> = {}): Reference {
  const reference = document.reference({ ...data, Filter: 'FlateDecode' })
  reference.end(compressed)
  return reference
}

const raw = (text: string): object => ({ [Symbol.toStringTag]: 'Raw', toString: () => text })
