import { readFile, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { sha256Of } from '../../db/values/sha256.ts'
import { openBucket, type S3Config } from './s3-bucket.ts'
import { PART_SIZE, uploadParts } from './s3-parts.ts'
import { clearSpool, spool } from './spool.ts'
import { MissingFile, nameOf, type Storage } from './storage.ts'

/**
 * Files in a bucket, under the names that they have on a disk. `folder` is where a stream of unknown length waits until
 * its hash, and so its name, is known. A store that is away is asked for some seconds, then it is a StorageError.
 */
export function openS3Storage(config: S3Config, folder: string, clock: () => Date): Storage {
  const bucket = openBucket(config)
  const read = async (sha256: string): Promise<Response> => {
    const answer = await bucket.ask('GET', nameOf(sha256))
    if (answer.ok) return answer
    throw new MissingFile(sha256)
  }
  return {
    put: async (bytes) => {
      const sha256 = sha256Of(bytes)
      await bucket.ask('PUT', nameOf(sha256), { body: bytes, sha256 })
      return { sha256, size: bytes.byteLength }
    },
    putStream: async (source) => {
      const { path, sha256, size } = await spool(folder, source)
      try {
        await clearSpool(folder, clock()) // a machine without a scheduler has no other housekeeping
        if (size > PART_SIZE) await uploadParts(bucket, nameOf(sha256), path, size)
        else await bucket.ask('PUT', nameOf(sha256), { body: await readFile(path), sha256 })
      } finally {
        await rm(path, { force: true })
      }
      return { sha256, size }
    },
    get: (sha256) =>
      bucket.again(`GET ${nameOf(sha256)}`, async () => Buffer.from(await (await read(sha256)).arrayBuffer())),
    stream: async (sha256) => {
      const { body } = await read(sha256)
      return body ? Readable.fromWeb(body as ReadableStream) : Readable.from([])
    },
    remove: async (sha256) => {
      await bucket.ask('DELETE', nameOf(sha256))
    },
    clear: (now) => clearSpool(folder, now),
  }
}
