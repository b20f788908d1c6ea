import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { insertAudit } from '../../../db/access/audit.ts'
import { findDelivery } from '../../../db/ledger/deliveries/lists.ts'
import { deleteSuppression, findSuppression, listSuppressions } from '../../../db/ledger/deliveries/suppressions.ts'
import { pageOf, readTimeCursor } from '../shared/cursor.ts'
import { fieldOf, linkTo, optionOf } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'

const PER_PAGE = 50
const PATH = '/admin/suppressions'

/** `/admin/suppressions`: addresses that get no mail because a server refused them for good. */
export function registerSuppressions(app: FastifyInstance, { connections, pages }: PageContext): void {
  const { db } = connections.client
  app.get(PATH, async ({ query }, reply) => {
    const mark = readTimeCursor(optionOf(query, 'cursor'))
    const after = mark && { createdAt: mark.createdAt, address: mark.id }
    const rows = await listSuppressions(db, { limit: PER_PAGE + 1, after })
    const { page, next_cursor } = pageOf(rows, PER_PAGE, (row) => [row.created_at.toISOString(), row.address])
    return pages.send(reply, 'suppressions', {
      title: 'Suppressions',
      nav: 'suppressions',
      accounts: await listAccounts(db),
      suppressions: await Promise.all(
        page.map(async (row) => ({
          ...row,
          statement: row.delivery_id ? (await findDelivery(db, row.delivery_id))?.statement_id : undefined,
        })),
      ),
      first: mark ? PATH : undefined,
      next: next_cursor ? linkTo(PATH, { cursor: next_cursor }) : undefined,
    })
  })
  app.post(`${PATH}/delete`, async (request, reply) => {
    const address = fieldOf(request.body, 'address')
    const { label } = sessionOrThrow(request).key
    const before = await findSuppression(db, address)
    const entry = { at: connections.clock(), actor: label, action: 'suppression.delete', target: address, before }
    const isFreed = await db.transaction().execute(async (writer) => {
      const deleted = await deleteSuppression(writer, address)
      if (deleted) await insertAudit(writer, entry)
      return deleted
    })
    if (isFreed) request.log.info({ action: entry.action }, 'admin action')
    return reply.redirect(linkTo(PATH, { done: 'freed' }), 303)
  })
}
