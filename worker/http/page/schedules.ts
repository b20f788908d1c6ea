import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { findReport, reports } from '../../../jobs/index.ts'
import { changeAudited, describeSchedules, type ScheduleDescription } from '../../actions/change-schedule.ts'
import { Refused } from '../../values/refused.ts'
import { notFound } from '../shared/problem.ts'
import { linkTo } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'
import { changeOf, shownOf, typedOf } from './schedule-form.ts'

type Which = { Params: { account: string; report: string } }
const PATH = '/admin/schedules'

/** `/admin/schedules`: what falls due when, and the form that changes it. */
export function registerSchedules(app: FastifyInstance, parts: PageContext): void {
  const { connections, pages } = parts
  const { db } = connections.client
  app.get(PATH, async (_request, reply) => {
    const [accounts, schedules] = await Promise.all([listAccounts(db), describeSchedules(db, connections.clock())])
    return pages.send(reply, 'schedules', {
      title: 'Schedules',
      nav: 'schedules',
      accounts,
      schedules,
      toPartners: reports.filter(({ audience }) => audience !== 'account').map(({ name }) => name),
    })
  })
  app.get<Which>(`${PATH}/:account/:report`, async ({ params }, reply) => {
    const schedule = await findOrThrow(parts, params)
    return showForm(parts, reply, schedule, { typed: shownOf(schedule) })
  })
  app.post<Which>(`${PATH}/:account/:report`, (request, reply) => save(parts, request, reply))
}

async function save(parts: PageContext, request: FastifyRequest<Which>, reply: FastifyReply) {
  const { db } = parts.connections.client
  const before = await findOrThrow(parts, request.params)
  try {
    const change = changeOf(request.body)
    const { account_id: accountId, report } = before
    const which = { accountId, report, actor: sessionOrThrow(request).key.label }
    await changeAudited(db, which, change, parts.connections.clock())
    request.log.info({ action: 'schedule.update', report }, 'admin action')
    return reply.redirect(linkTo(PATH, { done: 'saved' }), 303)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return showForm(parts, reply, before, { typed: typedOf(request.body), error }, 400)
  }
}

async function showForm(
  { connections, pages }: PageContext,
  reply: FastifyReply,
  schedule: ScheduleDescription,
  form: Readonly<Record<string, unknown>>,
  status = 200,
) {
  const report = findReport(schedule.report)
  const data = {
    title: report?.title ?? schedule.report,
    nav: 'schedules',
    accounts: await listAccounts(connections.client.db),
    schedule,
    audience: report?.audience,
    was: JSON.stringify(shownOf(schedule)),
    ...form,
  }
  return pages.send(reply, 'schedule', data, status)
}

async function findOrThrow(
  { connections }: PageContext,
  { account, report }: Which['Params'],
): Promise<ScheduleDescription> {
  const id = /^\d{1,9}$/.test(account) ? Number(account) : -1
  const schedules = await describeSchedules(connections.client.db, connections.clock(), id)
  const found = schedules.find((schedule) => schedule.report === report)
  if (!found) throw notFound('schedule')
  return found
}
