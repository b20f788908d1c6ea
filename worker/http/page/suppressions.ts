import type { FastifyInstance, FastifyRequest } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { findDelivery } from '../../../db/ledger/deliveries/lists.ts'
import { countSuppressions, listSuppressions, type SuppressionsOf } from '../../../db/ledger/deliveries/suppressions.ts'
import { liftSuppressions } from '../../actions/lift-suppressions.ts'
import { pageOf, readTimeCursor } from '../shared/cursor.ts'
import { isUuid } from '../shared/fields.ts'
import { HttpProblem } from '../shared/problem.ts'
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
    const filter = filterOf(query)
    const rows = await listSuppressions(db, { ...filter, limit: PER_PAGE + 1, after })
    const { page, next_cursor } = pageOf(rows, PER_PAGE, (row) => [row.created_at.toISOString(), row.address])
    return pages.send(reply, 'suppressions', {
      title: 'Suppressions',
      nav: 'suppressions',
      accounts: await listAccounts(db),
      filter,
      matching: isFilled(filter) ? await countSuppressions(db, filter) : undefined,
      suppressions: await Promise.all(
        page.map(async (row) => ({
          ...row,
          statement: row.delivery_id ? (await findDelivery(db, row.delivery_id))?.statement_id : undefined,
        })),
      ),
      first: mark ? linkTo(PATH, filter) : undefined,
      next: next_cursor ? linkTo(PATH, { ...filter, cursor: next_cursor }) : undefined,
    })
  })
  const lift = async (request: FastifyRequest, of: SuppressionsOf) => {
    const { label } = sessionOrThrow(request).key
    const lifted = await liftSuppressions({ db, clock: connections.clock }, of, label)
    if (lifted.length > 0) request.log.info({ action: 'suppression.delete' }, 'admin action')
    return linkTo(PATH, { done: lifted.length > 0 ? 'freed' : 'none' })
  }
  app.post(`${PATH}/delete`, async (request, reply) =>
    reply.redirect(await lift(request, { address: fieldOf(request.body, 'address') }), 303),
  )
  app.post(`${PATH}/delete-all`, async (request, reply) => {
    const filter = filterOf(request.body)
    if (!isFilled(filter)) throw new HttpProblem(400, 'Say first which answer of a server, or which run, is meant.')
    return reply.redirect(await lift(request, filter), 303)
  })
}

/** What was typed, trimmed; a run that is none is no run. */
function filterOf(from: unknown): SuppressionsOf & Readonly<Record<string, string | undefined>> {
  const run = optionOf(from, 'run')
  return { reply: optionOf(from, 'reply'), run: run && isUuid(run) ? run : undefined }
}

const isFilled = (of: SuppressionsOf): boolean => of.reply !== undefined || of.run !== undefined
