import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../../../db/access/accounts.ts'
import { catalogue } from '../../actions/catalogue.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { accountId, answers, documented, listOf, OPENED_BY } from '../shared/fields.ts'
import { notFound } from '../shared/problem.ts'

const reportShape = z.object({
  name: z.string(),
  title: z.string(),
  audience: z.string(),
  schedule: z.object({ cron: z.string(), timezone: z.string(), enabled: z.boolean() }).nullable(),
  next: z.array(z.string()).meta({ description: 'The next three occurrences.' }),
})

/** `GET /admin/api/reports`: the catalogue. */
export function registerReports(app: FastifyInstance, { connections: { client, clock } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/reports',
    {
      config: OPENED_BY,
      schema: documented('list-reports', 'Every report there is, and its schedule in an account.', {
        querystring: z.object({ account_id: accountId().default(1) }),
        response: answers({ 200: listOf(reportShape) }),
      }),
    },
    async ({ query: { account_id } }) => {
      if (!(await findAccount(client.db, account_id))) throw notFound('account')
      return { items: await catalogue(client.db, clock(), account_id), next_cursor: null }
    },
  )
}
