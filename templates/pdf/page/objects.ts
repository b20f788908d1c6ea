import { deflateSync } from 'node:zlib'

/** An object of the file; it is written when it ends. */
export interface Reference {
  readonly id: number
  readonly data: Record<string, unknown>
  compress: boolean
  buffer: Uint8Array[]
  write(chunk: Uint8Array): void
  end(chunk?: Uint8Array): void
}

/** A page as pdfkit opens it. */
export interface OpenPage {
  readonly dictionary: Reference
  readonly resources: Reference
  readonly content: Reference
}

export interface PackedObject {
  readonly id: number
  readonly text: string
}

/** The parts of pdfkit that its types leave out. */
export interface Inside {
  _offsets: (number | Packed | null)[]
  _offset: number
  readonly _root: Reference
  readonly _info: Reference
  _id: Uint8Array
  page: OpenPage
  ref(data: Record<string, unknown>): Reference
  getMarkInfoDictionary(): Reference
  _write(chunk: string): void
  push(chunk: null): void
  /** The next chunk, or all that is left; null at the end. */
  read(): Uint8Array | null
  _finalize(): void
  endMetadata(): void
}

/** Where a packed object lies: the stream's id and its place in it. */
interface Packed {
  readonly stream: number
  readonly index: number
}

/** A reference to an object by its id, as pdfkit writes values it does not know. */
export const link = (id: number): object => ({ [Symbol.toStringTag]: 'Reference', toString: () => `${id} 0 R` })

/** Writes objects with reserved ids into one compressed stream (PDF 1.7, 7.5.7). */
export function writePack(inside: Inside, objects: readonly PackedObject[]): void {
  let head = ''
  let length = 0
  for (const { id, text } of objects) {
    head += `${id} ${length} `
    length += Buffer.byteLength(text, 'latin1') + 1
  }
  const stream = inside.ref({ Type: 'ObjStm', N: objects.length, First: head.length })
  fill(stream, Buffer.from(`${head}${objects.map(({ text }) => text).join('\n')}\n`, 'latin1'))
  stream.end()
  objects.forEach(({ id }, index) => {
    inside._offsets[id - 1] = { stream: stream.id, index }
  })
}

/** Makes `content` all there is in a stream; pdfkit's own compression takes four times as long to save a tenth. */
export function fill(stream: Reference, content: Uint8Array): void {
  stream.compress = false
  stream.buffer = []
  stream.data.Length = 0
  stream.data.Filter = 'FlateDecode'
  stream.write(deflateSync(content, { level: 3 }))
}

/** The cross-reference stream (PDF 1.7, 7.5.8): a table could not point into packed streams. */
export function writeCrossReferences(inside: Inside): void {
  const at = inside._offset
  const id = inside._offsets.push(at)
  const entries = Buffer.alloc(7 * (id + 1))
  entries.writeUInt16BE(65535, 5) // object 0 heads the list of free ones
  inside._offsets.forEach((entry, i) => {
    const packed = typeof entry === 'object' && entry !== null
    entries[7 * (i + 1)] = packed ? 2 : 1
    entries.writeUInt32BE(packed ? entry.stream : (entry ?? 0), 7 * (i + 1) + 1)
    entries.writeUInt16BE(packed ? entry.index : 0, 7 * (i + 1) + 5)
  })
  const data = deflateSync(entries, { level: 1 })
  const name = Buffer.from(inside._id).toString('hex')
  const dictionary =
    `<</Type /XRef /Size ${id + 1} /W [1 4 2] /Root ${inside._root} /Info ${inside._info} /ID [<${name}> <${name}>] ` +
    `/Filter /FlateDecode /Length ${data.length}>>`
  inside._write(`${id} 0 obj\n${dictionary}\nstream\n${data.toString('latin1')}\nendstream\nendobj`)
  inside._write(`startxref\n${at}\n%%EOF`)
  inside.push(null)
}
