import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { listMovedBoundaries, type MovedBoundary } from '../../../db/ledger/boundaries.ts'
import { isoInstant } from '../../../jobs/calendar/period.ts'
import { decideBoundary } from '../../actions/decide-boundary.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { accountId, adminOf, answers, documented, listOf, OPENED_BY } from '../shared/fields.ts'
import { choice, date } from '../shared/schemas.ts'

const boundaryShape = z
  .object({
    account_id: z.int(),
    date: z.string(),
    time_zone: z.string(),
    used: z.string().meta({ description: 'When the date began in what is sealed.' }),
    used_by: z.string().nullable().meta({ description: 'The tz data by which that was reckoned.' }),
    by_rules: z.string().meta({ description: 'When it begins by the tz data of now.' }),
    rules: z.string().meta({ description: 'The tz data of now.' }),
    kept_at: z.string().nullable(),
    kept_by: z.string().nullable(),
  })
  .meta({ description: 'A boundary of sealed periods that newer rules would move.' })

const params = z.object({ account_id: accountId(), date: date() })

/** `/admin/api/boundaries`: what new rules would move, and what somebody decided. */
export function registerBoundaries(app: FastifyInstance, { connections: { client }, runtime }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  api.get(
    '/admin/api/boundaries',
    {
      config: OPENED_BY,
      schema: documented(
        'list-boundaries',
        'Boundaries of sealed periods that newer rules would move, by account and date.',
        {
          querystring: z.object({ account_id: accountId().optional() }),
          response: answers({ 200: listOf(boundaryShape) }),
        },
      ),
    },
    async ({ query }) => ({
      items: (await listMovedBoundaries(client.db, query.account_id)).map(shaped),
      next_cursor: null,
    }),
  )
  api.post(
    '/admin/api/boundaries/:account_id/:date',
    {
      config: OPENED_BY,
      schema: documented(
        'decide-boundary',
        'Keep a boundary as it was sealed, or move it and restate both neighbours.',
        {
          params,
          body: z.strictObject({ decision: choice(['keep', 'restate']) }),
          response: answers({ 200: z.object({ runs: z.array(z.string()) }) }),
        },
      ),
    },
    async (request) => {
      const { account_id, date } = request.params
      const { label } = adminOf(request)
      const runs = await decideBoundary(runtime.context, { accountId: account_id, date }, request.body.decision, label)
      request.log.info({ action: 'boundary.decide' }, 'admin action')
      return { runs }
    },
  )
}

const shaped = (row: MovedBoundary) => ({
  account_id: row.account_id,
  date: row.local_date,
  time_zone: row.time_zone,
  used: isoInstant(row.instant),
  used_by: row.tz_version,
  by_rules: isoInstant(row.by_rules),
  rules: row.checked_version,
  kept_at: row.kept_at && isoInstant(row.kept_at),
  kept_by: row.kept_by,
})
