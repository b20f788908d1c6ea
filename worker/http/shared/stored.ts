import type { FastifyReply } from 'fastify'
import type { StoredFile } from '../../../db/ledger/statements/statements.ts'
import { MissingFile, type Storage } from '../../storage/storage.ts'
import { HttpProblem } from './problem.ts'

/** A stored file as it is; its ETag is its SHA-256. 410 where retention has taken the bytes and the ledger remains. */
export async function sendStored(
  reply: FastifyReply,
  storage: Storage,
  file: StoredFile,
  { inline = false }: { inline?: boolean } = {},
): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  if (reply.request.headers['if-none-match'] === etag) return reply.code(304).send()
  const bytes = await storage.stream(file.sha256).catch((error: Error) => {
    throw error instanceof MissingFile ? new HttpProblem(410, `the bytes of ${file.name} are no longer kept`) : error
  })
  return reply
    .header('content-type', file.type)
    .header('content-length', Number(file.size))
    .header(
      'content-disposition',
      `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    )
    .send(bytes)
}
