import type { FastifyInstance } from 'fastify'
import PostalMime from 'postal-mime'
import type { Database } from '../../../db/connection/client.ts'
import { type Delivery, findDelivery } from '../../../db/ledger/deliveries/claims.ts'
import { contentIdOf } from '../../../db/ledger/statements/search.ts'
import { listFiles } from '../../../db/ledger/statements/statements.ts'
import { findStatementOrThrow } from '../admin/statements.ts'
import { isUuid } from '../shared/fields.ts'
import { notFound } from '../shared/problem.ts'
import { sendStored } from '../shared/stored.ts'
import { allowFraming, isPdf, sendDocument, sendMailPage } from './document.ts'
import type { Surroundings } from './index.ts'
import { readMail } from './mail-head.ts'

/** The stored bytes, for the browser: a statement's files, a mail's content in a frame of its own, the mail itself. */
export function registerDocuments(app: FastifyInstance, { base }: Surroundings): void {
  const { db } = base.client
  app.get<{ Params: { id: string; name: string } }>('/admin/statements/:id/files/:name', async ({ params }, reply) => {
    const statement = await findStatementOrThrow(db, params.id)
    const files = await listFiles(db, { ...statement, id: contentIdOf(statement) })
    const file = files.find(({ name }) => name === params.name)
    if (!file) throw notFound('file')
    return sendStored(allowFraming(reply, file), base.storage, file, { inline: isPdf(file) })
  })
  app.get<{ Params: { id: string } }>('/admin/deliveries/:id/mail', async ({ params }, reply) => {
    const raw = await readMail(base.storage, await findDeliveryOrThrow(db, params.id))
    return sendMailPage(reply, await PostalMime.parse(raw))
  })
  app.get<{ Params: { id: string } }>('/admin/deliveries/:id/mail.eml', async ({ params }, reply) => {
    const delivery = await findDeliveryOrThrow(db, params.id)
    const file = { name: `${delivery.id}.eml`, type: 'message/rfc822' }
    return sendDocument(reply, file, await readMail(base.storage, delivery))
  })
}

export async function findDeliveryOrThrow(db: Database, id: string): Promise<Delivery> {
  const delivery = isUuid(id) ? await findDelivery(db, id) : undefined
  if (!delivery) throw notFound('delivery')
  return delivery
}
