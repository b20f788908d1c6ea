import { isUtf8 } from 'node:buffer'

/**
 * The import works on byte strings: one character per byte of the file (latin1). Cutting, comparing and copying them is
 * as fast as a string gets, text passes through unchanged byte for byte, and UTF-8 is checked once per block.
 */
export const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

export const textOf = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8')

/** What makes these bytes no text for PostgreSQL; undefined for good ones. */
export function findBadBytes(bytes: string): string | undefined {
  if (!UNUSUAL.test(bytes)) return undefined
  if (bytes.includes('\0')) return 'text without a NUL byte'
  if (!isUtf8(Buffer.from(bytes, 'latin1'))) return 'valid UTF-8'
  return undefined
}

const UNUSUAL = /[^ -~\t\r\n]/
