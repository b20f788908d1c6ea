import PDFDocument from 'pdfkit'
import { type DocumentInfo, writeMetadata } from './metadata.ts'
import {
  fill,
  type Inside,
  link,
  type OpenPage,
  type PackedObject,
  type Reference,
  writeCrossReferences,
  writePack,
} from './objects.ts'

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

export function openDocument(info: DocumentInfo): CompactDocument {
  const doc = new PDFDocument(optionsOf(info))
  const inside = doc as unknown as Inside
  inside._id = Buffer.from(info.id.slice(0, 32), 'hex')
  inside.endMetadata = () => writeMetadata(inside, info)
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
      return Buffer.concat(chunksOf(inside))
    },
  }
}

/** All of it: how much a stream gives at a time is its own affair, and since Node 26 it is a chunk. */
function chunksOf(inside: Inside): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let chunk = inside.read(); chunk !== null; chunk = inside.read()) chunks.push(chunk)
  return chunks
}

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
