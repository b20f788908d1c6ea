import { deflateSync } from 'node:zlib'
import PDFDocument from 'pdfkit'

/** What a document says of itself. */
export interface DocumentInfo {
  readonly title: string
  readonly author: string
  readonly subject: string
  /** BCP 47. */
  readonly language: string
  readonly created: Date
  /** Sixteen bytes in hex that name this document and no other. */
  readonly id: string
}

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

/**
 * pdfkit with what it lacks: small objects packed into compressed streams (PDF 1.5), and nothing in the file that
 * differs between two renderings.
 */
export interface CompactDocument {
  /** A page that holds just these operators. */
  readonly addPage: (content: Uint8Array) => OpenPage
  readonly reference: (data: Record<string, unknown>) => Reference
  /** An id for an object that will be packed. */
  readonly reserve: () => number
  /** Writes objects with reserved ids into one compressed stream. */
  readonly pack: (objects: readonly PackedObject[]) => void
  /** Hangs the tree of tags and its parent tree, both packed, into the catalogue. */
  readonly tag: (rootElement: number, parentTree: number, pages: number) => void
  readonly finish: () => Uint8Array
}

export interface PackedObject {
  readonly id: number
  readonly text: string
}

/** The parts of pdfkit that its types leave out. */
interface Inside {
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
  read(): Uint8Array
  _finalize(): void
  endMetadata(): void
}

/** Where a packed object lies: the stream's id and its place in it. */
interface Packed {
  readonly stream: number
  readonly index: number
}

export function openDocument(info: DocumentInfo): CompactDocument {
  const doc = new PDFDocument(optionsOf(info))
  const inside = doc as unknown as Inside
  inside._id = Buffer.from(info.id.slice(0, 32), 'hex')
  inside.endMetadata = () => writeMetadata(inside, info) // pdfkit's own does not escape titles
  inside._finalize = () => writeCrossReferences(inside)
  return {
    addPage(content) {
      doc.addPage()
      fill(inside.page.content, content)
      return inside.page
    },
    reference: (data) => inside.ref(data),
    reserve: () => inside._offsets.push(null),
    pack: (objects) => writePack(inside, objects),
    tag: (rootElement, parentTree, pages) => {
      inside.getMarkInfoDictionary().data.Marked = true
      inside._root.data.StructTreeRoot = inside.ref({
        Type: 'StructTreeRoot',
        K: link(rootElement),
        ParentTree: link(parentTree),
        ParentTreeNextKey: pages,
      })
    },
    finish: () => {
      doc.end()
      return inside.read()
    },
  }
}

/** An image file as pdfkit reads it; `embed` writes through the given `ref`, at once or when it is decoded. */
export interface ImageFile {
  readonly width: number
  readonly height: number
  readonly obj: object | null
  /** Set for a PNG. */
  readonly image?: PngPixels
  embed(into: { ref: (data?: Record<string, unknown>) => object }): void
}
export interface PngPixels {
  readonly imgData: Uint8Array
  readonly pixelBitlength: number
  readonly interlaceMethod: number
}

/** Reads a PNG's or JPEG's head; throws where the bytes are neither. */
export function openImage(bytes: Uint8Array): ImageFile {
  const scratch = new PDFDocument({ autoFirstPage: false, font: null as unknown as string })
  return (scratch as unknown as { openImage(source: Buffer): ImageFile }).openImage(Buffer.from(bytes))
}

/** A reference to an object by its id, as pdfkit writes values it does not know. */
export const link = (id: number): object => ({ [Symbol.toStringTag]: 'Reference', toString: () => `${id} 0 R` })

function optionsOf(info: DocumentInfo): PDFKit.PDFDocumentOptions {
  return {
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: info.language,
    displayTitle: true,
    font: null as unknown as string, // text is ours: pdfkit need not open a font
    info: {
      Title: info.title,
      Author: info.author,
      Subject: info.subject,
      Creator: 'Bursar',
      Producer: 'Bursar',
      CreationDate: info.created,
    },
  }
}

function writePack(inside: Inside, objects: readonly PackedObject[]): void {
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

/** Makes `content` all there is in a stream; pdfkit's own compression takes twice the time for a tenth less. */
function fill(stream: Reference, content: Uint8Array): void {
  stream.compress = false
  stream.buffer = []
  stream.data.Length = 0
  stream.data.Filter = 'FlateDecode'
  stream.write(deflateSync(content, { level: 4 }))
}

/** The cross-reference stream (PDF 1.7, 7.5.8): a table could not point into packed streams. */
function writeCrossReferences(inside: Inside): void {
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
  const data = deflateSync(entries)
  const name = Buffer.from(inside._id).toString('hex')
  const dictionary =
    `<</Type /XRef /Size ${id + 1} /W [1 4 2] /Root ${inside._root} /Info ${inside._info} /ID [<${name}> <${name}>] ` +
    `/Filter /FlateDecode /Length ${data.length}>>`
  inside._write(`${id} 0 obj\n${dictionary}\nstream\n${data.toString('latin1')}\nendstream\nendobj`)
  inside._write(`startxref\n${at}\n%%EOF`)
  inside.push(null)
}

function writeMetadata(inside: Inside, { title, author, created, language }: DocumentInfo): void {
  const stream = inside.ref({ Type: 'Metadata', Subtype: 'XML' })
  stream.compress = false // so that it can be found without unpacking
  stream.end(
    Buffer.from(
      `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n` +
        `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
        `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
        `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(title)}</rdf:li></rdf:Alt></dc:title>` +
        `<dc:creator><rdf:Seq><rdf:li>${escapeXml(author)}</rdf:li></rdf:Seq></dc:creator>` +
        `<dc:language><rdf:Bag><rdf:li>${escapeXml(language)}</rdf:li></rdf:Bag></dc:language>` +
        `<xmp:CreateDate>${created.toISOString()}</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>`,
    ),
  )
  inside._root.data.Metadata = stream
}

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escapeXml = (text: string): string => text.replace(/[&<>]/g, (char) => XML[char] ?? char)
