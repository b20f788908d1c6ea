import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../../../db/access/accounts.ts'
import type { Database } from '../../../db/connection/client.ts'
import { DAY_MS } from '../../../db/values/durations.ts'
import { type Place, placeOf, startOfLocalDay } from '../../../jobs/calendar/period.ts'
import { calendarBetween } from '../../schedule/calendar.ts'
import { INSTANT, instantIn, isDate } from '../../values/instants.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { accountId, answers, documented, listOf, OPENED_BY } from '../shared/fields.ts'
import { invalid, notFound } from '../shared/problem.ts'
import { text } from '../shared/schemas.ts'

const itemShape = z.object({
  report: z.string(),
  account_id: z.int(),
  period: z.string(),
  due_at: z.string(),
  status: z.string().meta({ description: "The run's; without one `expected`, `missing` or `not_caught_up`." }),
  run_id: z.string().nullable(),
  trigger: z.string().nullable(),
  provisional: z.boolean(),
  caught_up: z.boolean(),
})

const MONTH_MS = 31 * DAY_MS

/** `GET /admin/api/calendar`: expected runs against actual ones. */
export function registerCalendar(app: FastifyInstance, { connections: { client, clock } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/calendar',
    {
      config: OPENED_BY,
      schema: documented('calendar', 'Expected runs against actual ones, by instant.', {
        querystring: z.object({
          from: text(INSTANT).optional().meta({ description: 'Default: 31 days ago.' }),
          to: text(INSTANT).optional().meta({ description: 'Outside; a date includes its day. Default: in 31 days.' }),
          account_id: accountId().optional(),
        }),
        response: answers({ 200: listOf(itemShape) }),
      }),
    },
    async ({ query }) => {
      const now = clock()
      const { from, to } = await stretchOf(client.db, query, now)
      const items = await calendarBetween(client.db, from, to, now)
      const mine = items.filter((item) => query.account_id === undefined || item.account_id === query.account_id)
      return { items: mine, next_cursor: null }
    },
  )
}

interface Asked {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly account_id?: number | undefined
}

/** Dates lie in the zone of the account, without one in that of account 1. */
async function stretchOf(db: Database, asked: Asked, now: Date): Promise<{ from: Date; to: Date }> {
  const account = await findAccount(db, asked.account_id ?? 1)
  if (!account && asked.account_id !== undefined) throw notFound('account')
  const zone = account ? placeOf(account) : 'UTC'
  const from = asked.from === undefined ? new Date(now.getTime() - MONTH_MS) : instantIn(asked.from, zone)
  const to = asked.to === undefined ? new Date(now.getTime() + MONTH_MS) : endIn(asked.to, zone)
  if (!from) throw invalid('query', 'from', `expected ${INSTANT}`)
  if (!to) throw invalid('query', 'to', `expected ${INSTANT}`)
  if (from > to) throw invalid('query', 'from', 'expected to be before to')
  return { from, to }
}

function endIn(text: string, zone: Place): Date | undefined {
  const start = instantIn(text, zone)
  if (!start || !isDate(text)) return start
  const next = new Date(`${text}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return startOfLocalDay(next.toISOString().slice(0, 10), zone)
}
