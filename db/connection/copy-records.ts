import { Transform, type TransformCallback } from 'node:stream'

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22]
const BOM = Buffer.from('\ufeff')

/**
 * What COPY writes as CSV, made RFC 4180: a BOM first and CRLF at the end of each record. A line feed inside a quoted
 * cell is the cell's own and stays; quotes inside are doubled, so that counting them tells inside from outside.
 */
export class CsvRecords extends Transform {
  /** Records that went through, the header included. */
  count = 0
  private quoted = false
  private begun = false

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.begun) this.push(BOM)
    this.begun = true
    done(null, this.ended(chunk))
  }

  /** The chunk with a CR before each LF that ends a record. */
  private ended(chunk: Buffer): Buffer {
    const ends: number[] = []
    let quote = chunk.indexOf(QUOTE)
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, end + 1)) {
      for (; quote >= 0 && quote < end; quote = chunk.indexOf(QUOTE, quote + 1)) this.quoted = !this.quoted
      if (!this.quoted) ends.push(end)
    }
    for (; quote >= 0; quote = chunk.indexOf(QUOTE, quote + 1)) this.quoted = !this.quoted
    this.count += ends.length
    return withReturns(chunk, ends)
  }
}

function withReturns(chunk: Buffer, ends: readonly number[]): Buffer {
  const result = Buffer.allocUnsafe(chunk.length + ends.length)
  let [from, at] = [0, 0]
  for (const end of ends) {
    at += chunk.copy(result, at, from, end)
    result[at++] = CR
    from = end
  }
  chunk.copy(result, at, from)
  return result
}
