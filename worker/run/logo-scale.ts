import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'

/** What a page's head needs: four pixels a point for 150 × 60, and a file that may stand in every PDF. */
const WIDEST = 600
const HIGHEST = 240
const LARGEST_BYTES = 200_000
const MOST_MEGAPIXELS = 16

/** Dots of RGBA, eight bits each. */
interface Dots {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** The image is none, broken or too large; the message says what was expected. */
export class LogoError extends Error {}

/**
 * A logo as it may stand in every PDF: as it is where it is small, else no wider than 600 and no higher than 240 dots.
 * The same bytes give the same. LogoError for what is no PNG or JPEG.
 */
export function scaleLogo(bytes: Uint8Array): Uint8Array {
  const isPng = startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])
  if (!isPng && !startsWith(bytes, [0xff, 0xd8, 0xff])) throw new LogoError('expected PNG or JPEG bytes')
  if (bytes.length <= LARGEST_BYTES && (!isPng || megapixels(bytes) <= 2)) return bytes
  const dots = isPng ? decodePng(bytes) : decodeJpeg(bytes)
  for (let room = 1; ; room /= 2) {
    const scaled = encode(shrink(dots, WIDEST * room, HIGHEST * room), isPng)
    if (scaled.length <= LARGEST_BYTES) return scaled
  }
}

const startsWith = (bytes: Uint8Array, head: readonly number[]) => head.every((byte, i) => bytes[i] === byte)

/** By its head alone: a few bytes may unpack to more than there is memory. */
function megapixels(png: Uint8Array): number {
  const head = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
  return head.length < 24 ? 0 : (head.readUInt32BE(16) * head.readUInt32BE(20)) / 1e6
}

function decodePng(bytes: Uint8Array): Dots {
  if (megapixels(bytes) > MOST_MEGAPIXELS) throw new LogoError(`expected at most ${MOST_MEGAPIXELS} megapixels`)
  return decoded('PNG', () => PNG.sync.read(Buffer.from(bytes)))
}

function decodeJpeg(bytes: Uint8Array): Dots {
  const limits = { maxResolutionInMP: MOST_MEGAPIXELS, maxMemoryUsageInMB: 700 }
  return decoded('JPEG', () => jpeg.decode(bytes, { useTArray: true, formatAsRGBA: true, ...limits }))
}

function decoded(kind: string, read: () => Dots): Dots {
  try {
    return read()
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new LogoError(`expected a ${kind} that can be read (${problem})`, { cause })
  }
}

/** The mean of the dots under each new one, weighed by their cover, so that no clear dot darkens an edge. */
function shrink({ width, height, data }: Dots, widest: number, highest: number): Dots {
  const scale = Math.min(1, widest / width, highest / height)
  const [across, down] = [width, height].map((size) => Math.max(1, Math.round(size * scale))) as [number, number]
  const out = new Uint8Array(across * down * 4)
  for (let y = 0; y < down; y++) {
    const rows = stretch(y, down, height)
    for (let x = 0; x < across; x++)
      mean({ width, height, data }, stretch(x, across, width), rows, out, (y * across + x) * 4)
  }
  return { width: across, height: down, data: out }
}

/** Which of `from` old dots lie under the new one. */
function stretch(index: number, to: number, from: number): { first: number; after: number } {
  const first = Math.floor((index * from) / to)
  return { first, after: Math.max(first + 1, Math.floor(((index + 1) * from) / to)) }
}

type Stretch = ReturnType<typeof stretch>

function mean({ width, data }: Dots, columns: Stretch, rows: Stretch, out: Uint8Array, at: number): void {
  let [red, green, blue, cover, count] = [0, 0, 0, 0, 0]
  for (let y = rows.first; y < rows.after; y++) {
    for (let x = columns.first; x < columns.after; x++) {
      const i = (y * width + x) * 4
      const alpha = data[i + 3] as number
      red += (data[i] as number) * alpha
      green += (data[i + 1] as number) * alpha
      blue += (data[i + 2] as number) * alpha
      cover += alpha
      count++
    }
  }
  if (cover === 0) return
  out[at] = Math.round(red / cover)
  out[at + 1] = Math.round(green / cover)
  out[at + 2] = Math.round(blue / cover)
  out[at + 3] = Math.round(cover / count)
}

function encode(dots: Dots, isPng: boolean): Uint8Array {
  const data = Buffer.from(dots.data)
  if (!isPng) return jpeg.encode({ ...dots, data }, 88).data
  const png = new PNG({ width: dots.width, height: dots.height })
  png.data = data
  return PNG.sync.write(png)
}
