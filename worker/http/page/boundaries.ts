import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { listMovedBoundaries } from '../../../db/ledger/boundaries.ts'
import { decideBoundary } from '../../actions/decide-boundary.ts'
import { choiceOf, fieldOf, linkTo } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'

const PATH = '/admin/boundaries'
const DECISIONS = ['keep', 'restate'] as const

/** `/admin/boundaries`: boundaries of sealed periods that newer time zone rules would move, to keep or to restate. */
export function registerBoundaries(app: FastifyInstance, { connections, runtime, pages }: PageContext): void {
  const { db } = connections.client
  app.get(PATH, async (_request, reply) =>
    pages.send(reply, 'boundaries', {
      title: 'Boundaries',
      nav: 'calendar',
      accounts: await listAccounts(db),
      boundaries: await listMovedBoundaries(db),
    }),
  )
  app.post(PATH, async (request, reply) => {
    const place = { accountId: Number(fieldOf(request.body, 'account_id')), date: fieldOf(request.body, 'date') }
    const decision = choiceOf(request.body, 'decision', DECISIONS)
    // A second click finds nothing left to decide.
    const found = (await listMovedBoundaries(db, place.accountId)).some(({ local_date }) => local_date === place.date)
    if (found && decision) {
      await decideBoundary(runtime.context, place, decision, sessionOrThrow(request).key.label)
      request.log.info({ action: `boundary.${decision}` }, 'admin action')
    }
    return reply.redirect(linkTo(PATH, { done: decision === 'restate' ? 'restated' : 'kept' }), 303)
  })
}
