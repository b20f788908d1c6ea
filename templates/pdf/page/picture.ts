import { inflateSync } from 'node:zlib'
import { sha256Of } from '../../../db/values/sha256.ts'
import { type CompactDocument, type ImageFile, openImage, type PngPixels } from './document.ts'
import type { Reference } from './objects.ts'

/** A decoded image, ready to be written into any number of documents. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly object: Recorded
}

/** What pdfkit would have written: a dictionary, whose values may be further objects, and its bytes. */
interface Recorded {
  readonly data: Record<string, unknown>
  readonly bytes: Uint8Array[]
  readonly write: (chunk: Uint8Array) => void
  readonly end: (chunk?: Uint8Array) => void
}

const KEPT = 50
const decoded = new Map<string, Promise<Picture | undefined>>()

/** Decodes a PNG or JPEG, once per process; undefined where the bytes are neither or broken. */
export function pictureOf(bytes: Uint8Array): Promise<Picture | undefined> {
  const key = sha256Of(bytes)
  const picture = decoded.get(key) ?? decode(bytes).catch(() => undefined)
  if (decoded.size >= KEPT) decoded.clear()
  decoded.set(key, picture)
  return picture
}

/** Writes the image and what hangs on it; the reference is for a page's resources. */
export function writePicture(document: CompactDocument, { object }: Picture): Reference {
  return copy(document, object)
}

/** pdfkit knows the formats; a recorder in place of its document keeps what comes out. */
async function decode(bytes: Uint8Array): Promise<Picture> {
  const image = openImage(bytes)
  if (image.image) checkPixels(image, image.image)
  const object = await new Promise<Recorded>((resolve) => {
    const ended = (done: Recorded) => setImmediate(() => done === image.obj && resolve(done))
    image.embed({ ref: (data = {}) => record(data, ended) })
  })
  return { width: image.width, height: image.height, object }
}

/** Adam7: where each pass starts and how far it steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Throws where a PNG's pixels are broken: its decoder would do so out of anyone's reach and end the process. */
function checkPixels({ width, height }: ImageFile, png: PngPixels): void {
  const pixels = inflateSync(png.imgData)
  let at = 0
  for (const [x, y, dx, dy] of png.interlaceMethod === 1 ? PASSES : [[0, 0, 1, 1] as const]) {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)]
    if (columns <= 0) continue
    for (let row = 0; row < rows; row++) {
      if ((pixels[at] ?? 255) > 4) throw new Error(`no PNG filter in row ${row}`)
      at += 1 + Math.ceil((columns * png.pixelBitlength) / 8)
    }
  }
  if (at > pixels.length) throw new Error(`${pixels.length} bytes of pixels instead of ${at}`)
}

function record(data: Record<string, unknown>, ended: (object: Recorded) => void): Recorded {
  const bytes: Uint8Array[] = []
  const write = (chunk: Uint8Array) => void bytes.push(chunk)
  const object: Recorded = {
    data,
    bytes,
    write,
    end: (chunk) => {
      if (chunk) write(chunk)
      ended(object)
    },
  }
  return object
}

const isRecorded = (value: unknown): value is Recorded =>
  typeof value === 'object' && value !== null && 'bytes' in value

function copy(document: CompactDocument, object: Recorded): Reference {
  const replace = (value: unknown): unknown =>
    isRecorded(value) ? copy(document, value) : Array.isArray(value) ? value.map(replace) : value
  const data = Object.fromEntries(Object.entries(object.data).map(([key, value]) => [key, replace(value)]))
  const reference = document.reference(data)
  for (const chunk of object.bytes) reference.write(chunk)
  reference.end()
  return reference
}
