import { isUtf8 } from 'node:buffer'

/** One record of a file; `line` is where it starts, 1 is the file's first. */
export interface Line {
  readonly line: number
}

/** Records that were read together. `suspect`: somewhere in them is a NUL byte or invalid UTF-8. */
export interface Batch<Row> {
  readonly rows: readonly Row[]
  readonly suspect: boolean
}

/** What was taken off the start of a block: up to `end`, where the next record starts, which is `line`. */
export interface Taken<Row> {
  readonly rows: Row[]
  readonly end: number
  readonly line: number
  readonly malformed?: Malformed
}

/** The file cannot be read on from here. */
export interface Malformed {
  readonly line: number
  /** Index of the cell; undefined where it cannot be said. */
  readonly cell?: number
  readonly value: string
  readonly expected: string
}

/** Takes the complete records off the start of `text`; at the end of the file (`final`) the last may lack its line end. */
type Take<Row> = (text: string, line: number, final: boolean) => Taken<Row>

const BLOCK = 256 * 1024
const LONGEST_RECORD = 4 * 1024 * 1024
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Reads a file of any size as batches of records, holding a block at a time; returns what stopped it before the end. */
export async function* readBatches<Row>(
  source: AsyncIterable<Buffer>,
  take: Take<Row>,
  blockSize = BLOCK,
): AsyncGenerator<Batch<Row>, Malformed | undefined> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  for await (const { bytes, final } of blocksOf(source, blockSize)) {
    const block = rest.length ? Buffer.concat([rest, bytes]) : bytes
    const taken = take(block.toString('latin1'), line, final)
    const read = block.subarray(0, taken.malformed ? block.length : taken.end)
    if (taken.rows.length) yield { rows: taken.rows, suspect: read.includes(0) || !isUtf8(read) }
    if (taken.malformed) return taken.malformed
    rest = block.subarray(taken.end)
    line = taken.line
    if (rest.length > LONGEST_RECORD) return tooLong(rest, line)
  }
  return undefined
}

const tooLong = (rest: Buffer, line: number): Malformed => ({
  line,
  value: rest.toString('latin1', 0, 200),
  expected: 'a record of at most 4 MiB (is a closing quote missing?)',
})

/** The source in blocks of a useful size, without a byte-order mark; the last is marked. */
async function* blocksOf(
  source: AsyncIterable<Buffer>,
  blockSize: number,
): AsyncGenerator<{ bytes: Buffer; final: boolean }> {
  let chunks: Buffer[] = []
  let size = 0
  let first = true
  const block = () => {
    const bytes = Buffer.concat(chunks)
    const marked = first && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)
    first = false
    chunks = []
    size = 0
    return marked ? bytes.subarray(3) : bytes
  }
  for await (const chunk of source) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= blockSize) yield { bytes: block(), final: false }
  }
  yield { bytes: block(), final: true }
}
