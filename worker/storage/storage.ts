import type { Readable } from 'node:stream'

/** Files by the SHA-256 of their bytes: the same bytes are stored once, and nothing is ever overwritten. */
export interface Storage {
  readonly put: (bytes: Uint8Array) => Promise<Stored>
  /** Stores what flows through without holding it; the name is known only at the end. */
  readonly putStream: (source: Readable) => Promise<Stored>
  /** The bytes; throws `MissingFile` where there are none. */
  readonly get: (sha256: string) => Promise<Buffer>
  readonly stream: (sha256: string) => Promise<Readable>
  readonly remove: (sha256: string) => Promise<void>
  /** Removes what has lain half written for a day at `now`: its writer was killed. */
  readonly clear: (now: Date) => Promise<void>
}

export interface Stored {
  readonly sha256: string
  readonly size: number
}

export class MissingFile extends Error {
  constructor(sha256: string, options?: ErrorOptions) {
    super(`file ${sha256} is not in the store`, options)
  }
}

/** The files are away or cannot be written: says which, and why. What failed by it can be tried again. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The name of a file in any store: copied from one to another they are found again. */
export const nameOf = (sha256: string): string => `${sha256.slice(0, 2)}/${sha256}`
