import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, listAccounts } from '../../../db/access/accounts.ts'
import { sha256Of } from '../../../db/values/sha256.ts'
import { type Grain, lastClosedPeriod, PeriodError, placeOf, previousPeriod } from '../../../jobs/calendar/period.ts'
import { findReport, reports } from '../../../jobs/index.ts'
import { type Forecast, forecastRun } from '../../actions/forecast.ts'
import { subjectId } from '../../run/subject.ts'
import { Refused } from '../../values/refused.ts'
import { HttpProblem } from '../shared/problem.ts'
import { openRun } from '../shared/request-run.ts'
import { type Asked, askedOf, inputOf } from './asked.ts'
import { fieldOf, linkTo } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'

const PERIODS = 13

/**
 * Starting a run in three steps, each an address of its own: which report and period (`new`), what that would do
 * (`check`, nothing written), and only then the run.
 */
export function registerStart(app: FastifyInstance, parts: PageContext): void {
  const { db } = parts.connections.client
  app.get('/admin/runs/new', async (request, reply) => showForm(parts, reply, { ...fresh, ...chosen(request.query) }))
  app.get('/admin/runs/check', async (request, reply) => {
    const asked = askedOf(request.query)
    try {
      const input = await inputOf(db, asked, sessionOrThrow(request).key.label)
      return await showForecast(parts, reply, asked, await forecastRun(parts.runtime.context, input))
    } catch (error) {
      if (error instanceof Refused) return showForm(parts, reply, asked, error)
      throw error
    }
  })
  app.post('/admin/runs', (request, reply) => start(parts, request, reply))
}

const fresh: Asked = { report: '', account_id: '1', period: '', partners: '', as_of: '', mail: '1' }

/** What an address says beforehand; a run is mailed unless it says otherwise. */
function chosen(query: unknown): Asked {
  const asked = askedOf(query)
  return { ...asked, mail: fieldOf(query, 'mail') === '0' ? '0' : '1' }
}

async function showForm({ connections, pages }: PageContext, reply: FastifyReply, asked: Asked, error?: Refused) {
  const accounts = await listAccounts(connections.client.db)
  const account = accounts.find(({ accountId }) => String(accountId) === asked.account_id) ?? accounts[0]
  const report = findReport(asked.report)
  const periods =
    report && account ? recentPeriods(report.schedule?.period ?? 'month', connections.clock(), account) : []
  const data = {
    title: 'Start a run',
    nav: 'runs',
    accounts,
    reports: reports.map(({ name, title, audience, schedule }) => ({ name, title, audience, grain: schedule?.period })),
    report,
    asked,
    periods,
    other: asked.period !== '' && !periods.includes(asked.period) ? asked.period : '',
    error,
  }
  return pages.send(reply, 'new', data, error ? STATUS[error.kind] : 200)
}

const STATUS = { invalid: 400, unknown: 404, conflict: 409 } as const

/** The last periods that are over, newest first. */
function recentPeriods(grain: Grain, now: Date, account: Account): string[] {
  const keys: string[] = []
  try {
    for (let period = lastClosedPeriod(grain, now, placeOf(account)); keys.length < PERIODS; ) {
      keys.push(period.key)
      period = previousPeriod(period)
    }
  } catch (error) {
    if (!(error instanceof PeriodError)) throw error // the calendar's first year
  }
  return keys
}

async function showForecast(
  { connections, pages }: PageContext,
  reply: FastifyReply,
  asked: Asked,
  forecast: Forecast,
) {
  const resolved = { ...asked, period: forecast.period.key }
  return pages.send(reply, 'check', {
    title: 'Before it starts',
    nav: 'runs',
    accounts: await listAccounts(connections.client.db),
    accountId: Number(asked.account_id),
    asked: resolved,
    forecast,
    examples: forecast.examples.map((subject) => ({
      name: subject.name,
      id: subjectId(subject),
      preview: linkTo('/admin/preview', { ...resolved, subject: `${subject.kind}:${subjectId(subject)}` }),
    })),
    back: linkTo('/admin/runs/new', { ...resolved }),
    key: randomUUID(),
  })
}

/** The key of the form makes a double click one run, also where the first one has ended already. */
async function start({ connections, runtime }: PageContext, request: FastifyRequest, reply: FastifyReply) {
  const { key: who } = sessionOrThrow(request)
  const key = fieldOf(request.body, 'key')
  if (!/^[0-9a-f-]{36}$/.test(key)) throw new HttpProblem(400, 'The form is not complete. Start again from the runs.')
  const asked = askedOf(request.body)
  const input = await inputOf(connections.client.db, asked, who.label)
  const once = { scope: `page:${who.id}:run`, key, requestHash: hashOf(asked) }
  const { run, status } = await openRun(runtime.context, input, once)
  const done = status === 202 ? 'started' : 'open'
  return reply.redirect(linkTo(`/admin/runs/${run.id}`, { done }), 303)
}

const hashOf = (asked: Asked): string => sha256Of(JSON.stringify(asked))
