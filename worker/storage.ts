import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Files by the SHA-256 of their bytes: the same bytes are stored once, and nothing is ever overwritten. */
export interface Storage {
  readonly put: (bytes: Uint8Array) => Promise<Stored>
  /** Stores what flows through without holding it; the name is known only at the end. */
  readonly putStream: (source: Readable) => Promise<Stored>
  /** The bytes; throws `MissingFile` where there are none. */
  readonly get: (sha256: string) => Promise<Buffer>
  readonly stream: (sha256: string) => Promise<Readable>
  readonly remove: (sha256: string) => Promise<void>
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

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** Files in a folder, two levels deep. Written beside and renamed, so that a name never stands for half a file. */
export function openDiskStorage(folder: string): Storage {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256)
  return {
    put: async (bytes) => {
      const sha256 = sha256Of(bytes)
      if (!(await exists(pathOf(sha256)))) await settle(folder, pathOf(sha256), (path) => writeFile(path, bytes))
      return { sha256, size: bytes.byteLength }
    },
    putStream: (source) => putStream(folder, pathOf, source),
    get: (sha256) => readFile(pathOf(sha256)).catch(missing(sha256)),
    stream: async (sha256) => {
      await stat(pathOf(sha256)).catch(missing(sha256))
      return createReadStream(pathOf(sha256))
    },
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  }
}

async function putStream(folder: string, pathOf: (sha256: string) => string, source: Readable): Promise<Stored> {
  const hash = createHash('sha256')
  let size = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  const temporary = await temporaryIn(folder)
  try {
    await pipeline(source, meter, createWriteStream(temporary))
    const sha256 = hash.digest('hex')
    await publish(temporary, pathOf(sha256))
    return { sha256, size }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function settle(folder: string, path: string, write: (path: string) => Promise<void>): Promise<void> {
  const temporary = await temporaryIn(folder)
  try {
    await write(temporary)
    await publish(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function temporaryIn(folder: string): Promise<string> {
  await mkdir(join(folder, 'incoming'), { recursive: true })
  return join(folder, 'incoming', randomUUID())
}

/** On the disk before it has its name: the ledger may point at it the moment this returns. */
async function publish(temporary: string, path: string): Promise<void> {
  const file = await open(temporary, 'r+')
  await file.sync().finally(() => file.close())
  await mkdir(dirname(path), { recursive: true })
  await rename(temporary, path)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const missing = (sha256: string) => (error: NodeJS.ErrnoException) => {
  throw error.code === 'ENOENT' ? new MissingFile(sha256, { cause: error }) : error
}
