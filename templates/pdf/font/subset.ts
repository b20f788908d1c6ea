import type { Face, Glyph } from './faces.ts'

/** A font file with only some glyphs of a face. */
interface FontSubset {
  /** Takes a glyph in; its id in the subset. */
  readonly include: (glyph: Glyph) => number
  readonly encode: () => Uint8Array
}

/** fontkit's subset, of which its types show little. */
interface Inside {
  includeGlyph(id: number | string): number
  encode(): Uint8Array
  _addGlyph(id: number | string): number
  readonly glyf: Uint8Array[]
  readonly loca: { readonly offsets: number[] }
  readonly hmtx: { readonly metrics: { advance: number; bearing: number }[] }
  offset: number
}

export function openSubset(face: Face): FontSubset {
  const inside = face.font.createSubset() as unknown as Inside
  const composed = new Map<string, Glyph>()
  const addPlain = inside._addGlyph.bind(inside)
  inside._addGlyph = (id) => {
    const glyph = typeof id === 'string' ? composed.get(id) : undefined
    return glyph ? addComposed(inside, face, glyph) : addPlain(id)
  }
  return {
    include(glyph) {
      if (!glyph.parts) return inside.includeGlyph(glyph.id)
      const key = composedKey(glyph)
      composed.set(key, glyph)
      return inside.includeGlyph(key)
    },
    encode: () => inside.encode(),
  }
}

const composedKey = ({ parts = [] }: Glyph): string =>
  `composed ${parts.map(({ id, x, y }) => `${id},${x},${y}`).join(' ')}`

/** Writes a composite glyph (OpenType `glyf`): a letter and its marks as one, because they are read as one. */
function addComposed(inside: Inside, { font }: Face, { id, parts = [] }: Glyph): number {
  const bytes = Buffer.alloc(Math.ceil((10 + 8 * parts.length) / 4) * 4)
  const boxes = parts.map((part) => {
    const box = font.getGlyph(part.id).cbox
    return [box.minX + part.x, box.minY + part.y, box.maxX + part.x, box.maxY + part.y] as const
  })
  const corner = (i: 0 | 1 | 2 | 3) => (i < 2 ? Math.min : Math.max)(...boxes.map((box) => box[i]))
  bytes.writeInt16BE(-1, 0)
  for (const i of [0, 1, 2, 3] as const) bytes.writeInt16BE(Math.round(corner(i)), 2 + 2 * i)
  parts.forEach((part, i) => {
    const at = 10 + 8 * i
    bytes.writeUInt16BE(WORDS | OFFSETS | (i < parts.length - 1 ? MORE : 0), at)
    bytes.writeUInt16BE(inside.includeGlyph(part.id), at + 2)
    bytes.writeInt16BE(part.x, at + 4)
    bytes.writeInt16BE(part.y, at + 6)
  })
  inside.glyf.push(bytes)
  inside.loca.offsets.push(inside.offset)
  inside.hmtx.metrics.push({ advance: font.getGlyph(id).advanceWidth, bearing: Math.round(corner(0)) })
  inside.offset += bytes.length
  return inside.glyf.length - 1
}

const WORDS = 0x0001
const OFFSETS = 0x0002
const MORE = 0x0020
