import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { listAudit } from '../../../db/access/audit.ts'
import { pageOf, readNumberCursor } from '../shared/cursor.ts'
import { linkTo, optionOf } from './form.ts'
import type { PageContext } from './parts.ts'

const PER_PAGE = 50

/** `/admin/activity`: who changed what (docs/operating.md, Watching it). */
export function registerActivity(app: FastifyInstance, { connections, pages }: PageContext): void {
  const { db } = connections.client
  app.get('/admin/activity', async ({ query }, reply) => {
    const before = readNumberCursor(optionOf(query, 'cursor'))
    const rows = await listAudit(db, { before: before?.toString(), limit: PER_PAGE + 1 })
    const { page, next_cursor } = pageOf(rows, PER_PAGE, (row) => [Number(row.id)])
    return pages.send(reply, 'activity', {
      title: 'Activity',
      nav: 'activity',
      accounts: await listAccounts(db),
      entries: page.map((entry) => ({ ...entry, what: ACTIONS[entry.action] ?? entry.action, link: linkOf(entry) })),
      first: before === undefined ? undefined : '/admin/activity',
      next: next_cursor ? linkTo('/admin/activity', { cursor: next_cursor }) : undefined,
    })
  })
}

const ACTIONS: Readonly<Record<string, string>> = {
  'run.request': 'Started a run',
  'run.cancel': 'Cancelled a run',
  'run.retry': 'Retried a run',
  'delivery.resend': 'Sent a statement again',
  'schedule.update': 'Changed a schedule',
  'suppression.delete': 'Deleted a suppression',
  'session.open': 'Signed in',
  'session.close': 'Signed out',
}

const linkOf = ({ action, target }: { action: string; target: string }): string | undefined =>
  action.startsWith('run.') ? `/admin/runs/${target}` : undefined
