import { createHash } from 'node:crypto'

/** SHA-256 of bytes, or of a text as UTF-8, in hex. */
export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
