import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import type { Database } from '../../../db/connection/client.ts'
import { listRuns } from '../../../db/ledger/runs/list.ts'
import { listOpenRuns, type Run } from '../../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import { DAY_MS } from '../../../db/values/durations.ts'
import { describeSchedules, type ScheduleDescription } from '../../actions/change-schedule.ts'
import { missingRuns } from '../../schedule/calendar.ts'
import type { PageContext } from './parts.ts'

const TROUBLE_DAYS = 14
const SHOWN = 8

/** `/admin/`: what needs somebody, what runs, what comes, what was. */
export function registerOverview(app: FastifyInstance, { connections, pages }: PageContext): void {
  const { db } = connections.client
  app.get('/admin', (_request, reply) => reply.redirect('/admin/', 303))
  app.get('/admin/', async (_request, reply) => {
    const now = connections.clock()
    const [accounts, missing, open, trouble, recent, schedules] = await Promise.all([
      listAccounts(db),
      missingRuns(db, now),
      listOpenRuns(db),
      troubledRuns(db, now),
      listRuns(db, { limit: SHOWN + 1 }),
      describeSchedules(db, now),
    ])
    return pages.send(reply, 'overview', {
      title: 'Overview',
      nav: 'overview',
      accounts,
      missing,
      open: await summarizeRuns(db, open.slice(0, SHOWN)),
      openCount: open.length,
      trouble: await summarizeRuns(db, trouble),
      troubleDays: TROUBLE_DAYS,
      recent: await summarizeRuns(db, recent.slice(0, SHOWN)),
      coming: coming(schedules),
    })
  })
}

async function troubledRuns(db: Database, now: Date): Promise<Run[]> {
  const [failed, partial] = await Promise.all(
    (['failed', 'partial'] as const).map((status) => listRuns(db, { status, limit: SHOWN })),
  )
  const since = now.getTime() - TROUBLE_DAYS * DAY_MS
  return [...(failed ?? []), ...(partial ?? [])]
    .filter((run) => run.created_at.getTime() >= since)
    .sort((a, b) => b.created_at.getTime() - a.created_at.getTime())
    .slice(0, SHOWN)
}

function coming(schedules: readonly ScheduleDescription[]) {
  return schedules
    .flatMap(({ report, account_id, next }) => next.slice(0, 1).map((at) => ({ report, account_id, at })))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, 5)
}
