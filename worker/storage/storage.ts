import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { closeToOthers, makePrivate, PRIVATE_FILE } from './private-folder.ts'
import { clearSpool, spool } from './spool.ts'

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

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** The name of a file in any store: copied from one to another they are found again. */
export const nameOf = (sha256: string): string => `${sha256.slice(0, 2)}/${sha256}`

/** Files in a folder, two levels deep. Written beside and renamed, so that a name never stands for half a file. */
export function openDiskStorage(folder: string): Storage {
  const pathOf = (sha256: string) => join(folder, nameOf(sha256))
  const incoming = join(folder, 'incoming')
  const closed = closeToOthers(folder)
  return {
    put: async (bytes) => {
      await closed
      const sha256 = sha256Of(bytes)
      if (!(await exists(pathOf(sha256)))) await write(folder, bytes, pathOf(sha256)).catch(failed)
      return { sha256, size: bytes.byteLength }
    },
    putStream: async (source) => {
      const { path, sha256, size } = await spool(incoming, source).catch(failed)
      await publish(folder, path, pathOf(sha256)).catch(failed)
      return { sha256, size }
    },
    get: (sha256) => readFile(pathOf(sha256)).catch(missing(sha256)),
    stream: async (sha256) => {
      await stat(pathOf(sha256)).catch(missing(sha256))
      return createReadStream(pathOf(sha256))
    },
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
    clear: (now) => clearSpool(incoming, now),
  }
}

async function write(top: string, bytes: Uint8Array, path: string): Promise<void> {
  const temporary = join(top, 'incoming', randomUUID())
  try {
    const file = await inFolder(dirname(temporary), top, () => open(temporary, 'wx', PRIVATE_FILE))
    await file
      .writeFile(bytes)
      .then(() => file.sync())
      .finally(() => file.close())
    await inFolder(dirname(path), top, () => rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** A folder is made when it turns out to be missing: asking for it before each of many files takes as long as writing. */
async function inFolder<T>(folder: string, top: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await makePrivate(folder, top)
    return work()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk that holds the files is full',
  EDQUOT: 'the quota of the disk that holds the files is used up',
  EROFS: 'the folder of the files cannot be written to',
  EACCES: 'the folder of the files cannot be written to',
  EIO: 'the disk that holds the files fails',
}

/** What a disk says about itself in words; every other error is thrown as it is. */
function failed(error: NodeJS.ErrnoException): never {
  const reason = REASONS[error.code ?? '']
  throw reason ? new StorageError(`${reason} (${error.code})`, { cause: error }) : error
}

/** On the disk before it has its name: the ledger may point at it the moment this returns. */
async function publish(top: string, temporary: string, path: string): Promise<void> {
  try {
    const file = await open(temporary, 'r+')
    await file.sync().finally(() => file.close())
    await inFolder(dirname(path), top, () => rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const missing = (sha256: string) => (error: NodeJS.ErrnoException) => {
  throw error.code === 'ENOENT' ? new MissingFile(sha256, { cause: error }) : error
}
