import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import type { Database } from '../../../db/connection/client.ts'
import { isTable } from '../../../db/facts/index.ts'
import { findWatermark, listWatermarks, type Watermark } from '../../../db/facts/watermarks.ts'
import { placeOf } from '../../../jobs/calendar/period.ts'
import { recordWatermark } from '../../actions/set-watermark.ts'
import { wakeWaitingRuns } from '../../schedule/waiting.ts'
import { INSTANT, instantIn } from '../../values/instants.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { accountId, adminOf, answers, documented, listOf, OPENED_BY } from '../shared/fields.ts'
import { invalid, notFound } from '../shared/problem.ts'
import { text } from '../shared/schemas.ts'
import { logAction } from './audit.ts'

const watermarkShape = z
  .object({
    table: z.string(),
    account_id: z.int(),
    complete_through: z.string().nullable().meta({ description: 'null: nobody has said so yet.' }),
    set_at: z.string().nullable(),
  })
  .meta({ description: 'Up to which instant a table of facts is complete.' })

const querystring = z.object({ account_id: accountId().default(1) })
const params = z.object({ table: z.string() })

/** `/admin/api/watermarks`: how far facts are complete (docs/operating.md, Schedules). */
export function registerWatermarks(app: FastifyInstance, parts: AdminParts): void {
  registerReads(app, parts)
  registerWrite(app, parts)
}

function registerReads(app: FastifyInstance, { connections: { client } }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  api.get(
    '/admin/api/watermarks',
    {
      config: OPENED_BY,
      schema: documented('list-watermarks', 'Tables with a watermark.', {
        querystring,
        response: answers({ 200: listOf(watermarkShape) }),
      }),
    },
    async ({ query: { account_id } }) => {
      await accountOrThrow(client.db, account_id)
      const marks = await listWatermarks(client.db, account_id)
      return { items: marks.map((mark) => shaped(mark.table, account_id, mark)), next_cursor: null }
    },
  )
  api.get(
    '/admin/api/watermarks/:table',
    {
      config: OPENED_BY,
      schema: documented('get-watermark', 'Up to which instant a table is complete.', {
        params,
        querystring,
        response: answers({ 200: watermarkShape }),
      }),
    },
    async ({ params: { table }, query: { account_id } }) => {
      if (!isTable(table)) throw notFound('table')
      await accountOrThrow(client.db, account_id)
      return shaped(table, account_id, await findWatermark(client.db, account_id, table))
    },
  )
}

function registerWrite(
  app: FastifyInstance,
  { connections: { client, clock, log }, runtime: { context } }: AdminParts,
): void {
  app.withTypeProvider<ZodTypeProvider>().put(
    '/admin/api/watermarks/:table',
    {
      config: OPENED_BY,
      schema: documented(
        'set-watermark',
        'Say that a table is complete up to an instant; runs that wait for it start.',
        {
          params,
          querystring,
          body: z.strictObject({ complete_through: text(INSTANT) }),
          response: answers({ 200: watermarkShape }),
        },
      ),
    },
    async (request) => {
      const { table } = request.params
      const { account_id } = request.query
      if (!isTable(table)) throw notFound('table')
      const place = placeOf(await accountOrThrow(client.db, account_id))
      const through = instantIn(request.body.complete_through, place)
      if (!through) throw invalid('body', 'complete_through', `expected ${INSTANT}`)
      const wish = { accountId: account_id, table, through }
      const by = { actor: adminOf(request).label, at: clock() }
      const mark = await client.db.transaction().execute((writer) => recordWatermark(writer, wish, by))
      logAction(request, { action: 'watermark.set' })
      wakeWaitingRuns(context).catch((err: unknown) =>
        log.error({ err }, 'waiting runs are looked at again within a minute'),
      )
      return shaped(table, account_id, mark)
    },
  )
}

async function accountOrThrow(db: Database, accountId: number): Promise<Account> {
  const account = await findAccount(db, accountId)
  if (!account) throw notFound('account')
  return account
}

const shaped = (table: string, account_id: number, mark: Watermark | undefined) => ({
  table,
  account_id,
  complete_through: mark?.completeThrough.toISOString() ?? null,
  set_at: mark?.setAt.toISOString() ?? null,
})
