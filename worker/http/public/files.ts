import type { FastifyInstance } from 'fastify'
import type { Database } from '../../../db/connection/client.ts'
import { verifyFileLink } from '../../delivery/mail/links.ts'
import type { Storage } from '../../storage/storage.ts'
import { notFound } from '../shared/problem.ts'
import { sendStored } from '../shared/stored.ts'

interface FileLinkParts {
  readonly db: Database
  readonly storage: Storage
  readonly secret: string
  readonly clock: () => Date
}

/** `GET /files/:token`: the file that a mail was too small for. Who has the link has the file, until its 30 days are over. */
export function registerFileLinks(app: FastifyInstance, { db, storage, secret, clock }: FileLinkParts): void {
  app.get<{ Params: { token: string } }>('/files/:token', { schema: { hide: true } }, async (request, reply) => {
    const link = verifyFileLink(secret, request.params.token, clock())
    if (!link) throw notFound('link, or it has expired')
    const file = await db
      .selectFrom('files')
      .selectAll()
      .where('account_id', '=', link.accountId)
      .where('statement_id', '=', link.statementId)
      .where('name', '=', link.name)
      .executeTakeFirst()
    if (!file) throw notFound('file')
    return sendStored(reply, storage, file)
  })
}
