import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { listRuns } from '../../../db/ledger/runs/list.ts'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import { RUN_STATUSES } from '../../../db/values/statuses.ts'
import { reports } from '../../../jobs/index.ts'
import { pageOf, readIdCursor } from '../shared/cursor.ts'
import { choiceOf, linkTo, optionOf } from './form.ts'
import type { PageContext } from './parts.ts'

const PER_PAGE = 25

/** `/admin/runs`: what ran, newest first. */
export function registerRuns(app: FastifyInstance, { connections, pages }: PageContext): void {
  const { db } = connections.client
  app.get('/admin/runs', async ({ query }, reply) => {
    const filter = {
      report: optionOf(query, 'report'),
      period: optionOf(query, 'period'),
      status: choiceOf(query, 'status', RUN_STATUSES),
    }
    const after = readIdCursor(optionOf(query, 'cursor'))
    const rows = await listRuns(db, { ...filter, after, limit: PER_PAGE + 1 })
    const { page, next_cursor } = pageOf(rows, PER_PAGE, (run) => [run.created_at.toISOString(), run.id])
    return pages.send(reply, 'runs', {
      title: 'Runs',
      nav: 'runs',
      accounts: await listAccounts(db),
      filter,
      filtered: Object.values(filter).some((value) => value !== undefined),
      reports: reports.map(({ name, title }) => ({ name, title })),
      runs: await summarizeRuns(db, page),
      live: page.some(isOpen),
      first: after ? linkTo('/admin/runs', filter) : undefined,
      next: next_cursor ? linkTo('/admin/runs', { ...filter, cursor: next_cursor }) : undefined,
    })
  })
}
