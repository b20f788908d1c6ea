import type { FastifyInstance } from 'fastify'
import PostalMime from 'postal-mime'
import { contentIdOf } from '../../../db/ledger/statements/contents.ts'
import { listFiles } from '../../../db/ledger/statements/statements.ts'
import { findDeliveryOrThrow, findStatementOrThrow } from '../shared/find.ts'
import { notFound } from '../shared/problem.ts'
import { sendStored } from '../shared/stored.ts'
import { allowFraming, isPdf, sendDocument, sendMailPage } from './document.ts'
import { readMail } from './mail-head.ts'
import type { PageContext } from './parts.ts'

/** The stored bytes, for the browser: a statement's files, a mail's content in a frame of its own, the mail itself. */
export function registerDocuments(app: FastifyInstance, { connections }: PageContext): void {
  const { db } = connections.client
  app.get<{ Params: { id: string; name: string } }>('/admin/statements/:id/files/:name', async ({ params }, reply) => {
    const statement = await findStatementOrThrow(db, params.id)
    const files = await listFiles(db, { ...statement, id: contentIdOf(statement) })
    const file = files.find(({ name }) => name === params.name)
    if (!file) throw notFound('file')
    return sendStored(allowFraming(reply, file), connections.storage, file, { inline: isPdf(file) })
  })
  app.get<{ Params: { id: string } }>('/admin/deliveries/:id/mail', async ({ params }, reply) => {
    const raw = await readMail(connections.storage, await findDeliveryOrThrow(db, params.id))
    return sendMailPage(reply, await PostalMime.parse(raw))
  })
  app.get<{ Params: { id: string } }>('/admin/deliveries/:id/mail.eml', async ({ params }, reply) => {
    const delivery = await findDeliveryOrThrow(db, params.id)
    const file = { name: `${delivery.id}.eml`, type: 'message/rfc822' }
    return sendDocument(reply, file, await readMail(connections.storage, delivery))
  })
}
