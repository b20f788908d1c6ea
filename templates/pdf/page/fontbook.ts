import type { BLOCKS, Block } from '../font/blocks.ts'
import type { Face, Glyph } from '../font/faces.ts'
import { blockProgram, type FontProgram, fontProgram } from '../font/program.ts'
import type { FontBook } from './canvas.ts'
import type { CompactDocument, Reference } from './document.ts'

interface Entry {
  readonly name: string
  readonly face: Face
  readonly block: Block
  readonly glyphs: Map<number, Glyph>
}

/** The fonts of one document, in the order of their first use. */
export interface DocumentFonts extends FontBook {
  /** Writes every font that was used: resource names to their objects. */
  readonly embed: (document: CompactDocument) => Record<string, Reference>
}

export function documentFonts(): DocumentFonts {
  const entries = new Map<Face, Map<Block, Entry>>()
  let count = 0
  const open = (face: Face, block: Block): Entry => {
    const blocks = entries.get(face) ?? new Map<Block, Entry>()
    entries.set(face, blocks)
    const entry = { name: `F${++count}`, face, block, glyphs: new Map() }
    blocks.set(block, entry)
    return entry
  }
  return {
    use(piece) {
      const entry = entries.get(piece.face)?.get(piece.block) ?? open(piece.face, piece.block)
      for (const glyph of piece.embed) if (!entry.glyphs.has(glyph.id)) entry.glyphs.set(glyph.id, glyph)
      return entry.name
    },
    embed(document) {
      const all = [...entries.values()].flatMap((blocks) => [...blocks.values()])
      return Object.fromEntries(all.map((entry) => [entry.name, writeFont(document, programOf(entry))]))
    },
  }
}

function programOf({ face, block, glyphs }: Entry): FontProgram {
  return block === 'rest'
    ? fontProgram(face, block, [...glyphs.values()])
    : blockProgram(face, block as (typeof BLOCKS)[number])
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
