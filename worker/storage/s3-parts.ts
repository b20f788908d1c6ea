import { type FileHandle, open } from 'node:fs/promises'
import { sha256Of } from '../../db/values/sha256.ts'
import type { Bucket } from './s3-bucket.ts'
import { StorageError } from './storage.ts'

/** What is held in memory at once; longer files go in parts of it. */
export const PART_SIZE = 16 * 1024 * 1024
const MOST_PARTS = 10_000

/** Uploads a long file part by part, each asked again by itself. What fails leaves no parts behind to be paid for. */
export async function uploadParts(bucket: Bucket, name: string, path: string, size: number): Promise<void> {
  const uploadId = idOf(await (await bucket.ask('POST', name, { query: { uploads: '' } })).text(), name)
  const file = await open(path)
  try {
    const etags = await sendParts(bucket, name, { uploadId, file, size })
    const body = Buffer.from(listOf(etags))
    const answer = await bucket.ask('POST', name, { query: { uploadId }, body, sha256: sha256Of(body) })
    const said = await answer.text()
    // A store may find out that it cannot after it has answered 200.
    if (/<Error>/.test(said)) throw new StorageError(`the file store did not put ${name} together: ${said}`)
  } catch (error) {
    await bucket.ask('DELETE', name, { query: { uploadId } }).catch(() => {}) // the first error says what is wrong
    throw error
  } finally {
    await file.close()
  }
}

interface Upload {
  readonly uploadId: string
  readonly file: FileHandle
  readonly size: number
}

async function sendParts(bucket: Bucket, name: string, { uploadId, file, size }: Upload): Promise<string[]> {
  const length = Math.max(PART_SIZE, Math.ceil(size / MOST_PARTS))
  const buffer = Buffer.alloc(length)
  const etags: string[] = []
  for (let position = 0; position < size; position += length) {
    const body = buffer.subarray(0, Math.min(length, size - position))
    await readFully(file, body, position)
    const query = { partNumber: String(etags.length + 1), uploadId }
    const { headers } = await bucket.ask('PUT', name, { query, body, sha256: sha256Of(body) })
    const etag = headers.get('etag')
    if (!etag) throw new StorageError(`the file store lost the upload of ${name}`)
    etags.push(etag)
  }
  return etags
}

async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let read = 0; read < into.length; ) {
    const { bytesRead } = await file.read(into, read, into.length - read, position + read)
    if (bytesRead === 0) throw new StorageError('a file became shorter while it was being stored')
    read += bytesRead
  }
}

function idOf(xml: string, name: string): string {
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(xml)?.[1]
  if (!id) throw new StorageError(`the file store did not begin the upload of ${name}: ${xml.slice(0, 200)}`)
  return id.replaceAll('&amp;', '&')
}

const listOf = (etags: readonly string[]): string =>
  `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${etags
    .map(
      (etag, index) =>
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
    )
    .join('')}</CompleteMultipartUpload>`
