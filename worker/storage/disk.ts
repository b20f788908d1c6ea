import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sha256Of } from '../../db/values/sha256.ts'
import { closeToOthers, makePrivate, PRIVATE_FILE } from './private-folder.ts'
import { clearSpool, spool } from './spool.ts'
import { MissingFile, nameOf, type Storage, StorageError } from './storage.ts'

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
