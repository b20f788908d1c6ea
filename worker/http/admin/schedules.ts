import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../../../db/access/accounts.ts'
import { changeAudited, describeSchedules } from '../../actions/change-schedule.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { accountId, adminOf, answers, documented, listOf, OPENED_BY } from '../shared/fields.ts'
import { notFound } from '../shared/problem.ts'
import { logAction } from './audit.ts'

const scheduleShape = z
  .object({
    report: z.string(),
    account_id: z.int(),
    cron: z.string(),
    timezone: z.string(),
    follows_account_timezone: z.boolean(),
    enabled: z.boolean(),
    recipients: z.array(z.string()),
    catch_up: z.string(),
    max_age_days: z.int(),
    readiness: z.unknown(),
    next: z.array(z.string()).meta({ description: 'The next five occurrences; none while it is disabled.' }),
  })
  .meta({ description: 'When a report runs by itself.' })

const text = (expected: string) => z.string({ error: `expected ${expected}` })

const change = z.strictObject({
  cron: text('a cron line such as 0 6 1 * *').optional(),
  timezone: text("a time zone such as Europe/Warsaw, or null for the account's").nullable().optional(),
  enabled: z.boolean({ error: 'expected true or false' }).optional(),
  recipients: z.array(text('a mail address'), { error: 'expected a list of mail addresses' }).max(100).optional(),
  catch_up: text('latest, all or none').optional(),
  max_age_days: z.number({ error: 'expected a whole number of days' }).optional(),
  readiness: z
    .unknown()
    .optional()
    .meta({ description: 'Such as {"tables": ["commissions"], "max_wait_hours": 48}; null for none.' }),
})

/** `/admin/api/schedules`: when reports run by themselves. */
export function registerSchedules(app: FastifyInstance, { connections: { client, clock } }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  api.get(
    '/admin/api/schedules',
    {
      config: OPENED_BY,
      schema: documented('list-schedules', 'Schedules with their next occurrences.', {
        querystring: z.object({ account_id: accountId().optional() }),
        response: answers({ 200: listOf(scheduleShape) }),
      }),
    },
    async ({ query: { account_id } }) => {
      if (account_id !== undefined && !(await findAccount(client.db, account_id))) throw notFound('account')
      return { items: await describeSchedules(client.db, clock(), account_id), next_cursor: null }
    },
  )
  api.put(
    '/admin/api/schedules/:report',
    {
      config: OPENED_BY,
      schema: documented('change-schedule', 'Change any of it; every scheduler goes by it from its next tick on.', {
        params: z.object({ report: z.string() }),
        querystring: z.object({ account_id: accountId().default(1) }),
        body: change,
        response: answers({ 200: scheduleShape }),
      }),
    },
    async (request) => {
      const { params, query, body } = request
      const which = { accountId: query.account_id, report: params.report, actor: adminOf(request).label }
      const { after } = await changeAudited(client.db, which, body, clock())
      logAction(request, { action: 'schedule.update' })
      return after
    },
  )
}
