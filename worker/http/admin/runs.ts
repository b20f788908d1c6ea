import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../../../db/access/accounts.ts'
import { listRuns } from '../../../db/ledger/runs/list.ts'
import { summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import { placeOf } from '../../../jobs/calendar/period.ts'
import { controlRun, findRunOrThrow } from '../../actions/control-run.ts'
import type { RunContext } from '../../run/context.ts'
import { INSTANT, instantIn } from '../../values/instants.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { pageOf, readIdCursor } from '../shared/cursor.ts'
import { accountId, adminOf, answers, documented, listOf, OPENED_BY, pageQuery, RUN_STATUS } from '../shared/fields.ts'
import { idempotencyOf } from '../shared/once.ts'
import { invalid, notFound } from '../shared/problem.ts'
import { openRun } from '../shared/request-run.ts'
import { flag, text } from '../shared/schemas.ts'
import { logAction } from './audit.ts'
import { runShape } from './run-shape.ts'

const body = z.strictObject({
  report: text('the name of a report'),
  period: text('a period key such as 2026-10'),
  account_id: z.int({ error: 'expected the number of an account' }).min(1).max(2_147_483_647).default(1),
  partners: z
    .array(text('a partner_id'), { error: 'expected a list of partner_ids' })
    .min(1, { error: 'expected at least one partner_id; leave it out for everyone' })
    .optional(),
  as_of: text(INSTANT).optional(),
  mail: flag().default(true),
})

const id = z.object({ id: z.string() })

/** `/admin/api/runs`: ask for one, list them, look at one, cancel it, retry it. */
export function registerRuns(app: FastifyInstance, parts: AdminParts): void {
  registerRequest(app, parts)
  registerLists(app, parts)
  registerControl(app, parts)
}

function registerRequest(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/admin/api/runs',
    {
      config: OPENED_BY,
      bodyLimit: 4 * 1024 * 1024,
      schema: documented('request-run', 'Start a run. The same request while it is open answers 200 with it.', {
        body,
        response: answers({ 200: runShape, 202: runShape }),
      }),
    },
    async (request, reply) => {
      const { report, period, account_id, partners, as_of, mail } = request.body
      const asOf = as_of === undefined ? undefined : await asOfIn(context, account_id, as_of)
      const requestedBy = adminOf(request).label
      const input = {
        report,
        period,
        accountId: account_id,
        partners,
        asOf,
        mail,
        trigger: 'http',
        requestedBy,
      } as const
      const asked = [report, period, account_id, partners && [...new Set(partners)].sort(), asOf, mail]
      const { status, run, replayed } = await openRun(context, input, idempotencyOf(request, 'runs', asked))
      if (replayed) reply.header('idempotency-replayed', 'true')
      return reply.code(status).header('location', `/admin/api/runs/${run.id}`).send(run)
    },
  )
}

async function asOfIn({ db }: RunContext, accountId: number, text: string): Promise<Date> {
  const account = await findAccount(db, accountId)
  if (!account) throw notFound('account')
  const asOf = instantIn(text, placeOf(account))
  if (!asOf) throw invalid('body', 'as_of', `expected ${INSTANT}`)
  return asOf
}

function registerLists(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  const querystring = z.object({
    report: text('the name of a report').optional(),
    period: text('a period key').optional(),
    status: RUN_STATUS.optional(),
    account_id: accountId().optional(),
    ...pageQuery,
  })
  api.get(
    '/admin/api/runs',
    {
      config: OPENED_BY,
      schema: documented('list-runs', 'What ran, newest first.', {
        querystring,
        response: answers({ 200: listOf(runShape) }),
      }),
    },
    async ({ query: { limit = 50, cursor, account_id, ...filter } }) => {
      const after = readIdCursor(cursor)
      const rows = await listRuns(context.db, { ...filter, accountId: account_id, after, limit: limit + 1 })
      const { page, next_cursor } = pageOf(rows, limit, (run) => [run.created_at.toISOString(), run.id])
      return { items: await summarizeRuns(context.db, page), next_cursor }
    },
  )
  api.get(
    '/admin/api/runs/:id',
    {
      config: OPENED_BY,
      schema: documented('get-run', 'How far a run is, and what came of it.', {
        params: id,
        response: answers({ 200: runShape }),
      }),
    },
    async ({ params }) => summaryOf(context, params.id),
  )
}

function registerControl(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  const verbs = [
    ['cancel', 'Stop what of a run has not been sent.'],
    ['retry', 'Take up what of a run failed, and only that.'],
  ] as const
  for (const [name, summary] of verbs) {
    api.post(
      `/admin/api/runs/:id/${name}`,
      {
        config: OPENED_BY,
        schema: documented(`${name}-run`, summary, { params: id, response: answers({ 200: runShape }) }),
      },
      async (request) => {
        const run = await controlRun(context, name, request.params.id, adminOf(request).label)
        logAction(request, { action: `run.${name}`, run: run.id })
        return summaryOf(context, run.id)
      },
    )
  }
}

export async function summaryOf(context: Pick<RunContext, 'db'>, id: string) {
  const [summary] = await summarizeRuns(context.db, [await findRunOrThrow(context, id)])
  if (!summary) throw notFound('run')
  return summary
}
