import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DAY_MS } from '../../db/values/durations.ts'
import { makePrivate, PRIVATE_FILE } from './private-folder.ts'
import type { Stored } from './storage.ts'

/** Writes what flows through into a new file of the folder, without holding it. The caller moves or removes the file. */
export async function spool(folder: string, source: Readable): Promise<Stored & { readonly path: string }> {
  const hash = createHash('sha256')
  let size = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  const path = join(folder, randomUUID())
  let writing: Promise<void> | undefined
  try {
    // Listened to from the first moment: a source that fails while the folder is made must not end the process.
    await pipeline(source, meter, (measured) => {
      writing = write(measured, folder, path)
      return writing
    })
    return { path, sha256: hash.digest('hex'), size }
  } catch (error) {
    await writing?.catch(() => {}) // a file that is about to be opened would be there after all
    await rm(path, { force: true })
    throw error
  }
}

async function write(source: AsyncIterable<Buffer>, folder: string, path: string): Promise<void> {
  await makePrivate(folder, dirname(folder))
  const file = createWriteStream(path, { mode: PRIVATE_FILE })
  try {
    await pipeline(source, file)
  } finally {
    if (!file.closed) await once(file, 'close')
  }
}

/** Removes what has lain in the folder for a day: its writer was killed. */
export async function clearSpool(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const since = await stat(path).catch(() => undefined)
    if (since && now.getTime() - since.mtimeMs > DAY_MS) await rm(path, { force: true })
  }
}
