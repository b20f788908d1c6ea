import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { searchDeliveries } from '../../../db/ledger/deliveries/lists.ts'
import { DELIVERY_STATUSES } from '../../../db/values/statuses.ts'
import { pageOf, readIdCursor } from '../shared/cursor.ts'
import { isUuid } from '../shared/fields.ts'
import { choiceOf, linkTo, optionOf } from './form.ts'
import type { PageContext } from './parts.ts'
import { registerResend } from './resend.ts'

const PER_PAGE = 50

/** `/admin/deliveries`: every mail, newest first, with the mail server's reply; and the resend. */
export function registerDeliveries(app: FastifyInstance, parts: PageContext): void {
  const { connections, pages } = parts
  const { db } = connections.client
  app.get('/admin/deliveries', async ({ query }, reply) => {
    const run = optionOf(query, 'run')
    const filter = {
      q: optionOf(query, 'q'),
      status: choiceOf(query, 'status', DELIVERY_STATUSES),
      run: run && isUuid(run) ? run : undefined,
    }
    const after = readIdCursor(optionOf(query, 'cursor'))
    const rows = await searchDeliveries(db, {
      text: filter.q,
      status: filter.status,
      runId: filter.run,
      after,
      limit: PER_PAGE + 1,
    })
    const { page, next_cursor } = pageOf(rows, PER_PAGE, (row) => [row.created_at.toISOString(), row.id])
    return pages.send(reply, 'deliveries', {
      title: 'Deliveries',
      nav: 'deliveries',
      accounts: await listAccounts(db),
      filter,
      filtered: Object.values(filter).some((value) => value !== undefined),
      deliveries: page,
      first: after ? linkTo('/admin/deliveries', filter) : undefined,
      next: next_cursor ? linkTo('/admin/deliveries', { ...filter, cursor: next_cursor }) : undefined,
    })
  })
  registerResend(app, parts)
}
