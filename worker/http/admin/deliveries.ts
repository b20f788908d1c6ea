import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findDelivery, listAttempts, searchDeliveries } from '../../../db/ledger/deliveries/lists.ts'
import { findRunOrThrow } from '../../actions/control-run.ts'
import type { RunContext } from '../../run/context.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { pageOf, readIdCursor } from '../shared/cursor.ts'
import { deliveryShape, deliveryView } from '../shared/delivery-view.ts'
import {
  adminOf,
  answers,
  DELIVERY_STATUS,
  documented,
  isUuid,
  listOf,
  OPENED_BY,
  pageQuery,
} from '../shared/fields.ts'
import { idempotencyOf } from '../shared/once.ts'
import { notFound } from '../shared/problem.ts'
import { resend } from '../shared/resend.ts'
import { text } from '../shared/schemas.ts'

const id = z.object({ id: z.string() })

const attemptShape = z.object({
  attempt: z.int(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  outcome: z.string().nullable(),
  reply: z.string().nullable(),
})

/** What was mailed to whom and what came of it; the same again. */
export function registerDeliveries(app: FastifyInstance, parts: AdminParts): void {
  registerList(app, parts)
  registerOne(app, parts)
  registerResend(app, parts)
}

function registerList(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/deliveries',
    {
      config: OPENED_BY,
      schema: documented('list-deliveries', 'Deliveries, newest first.', {
        querystring: z.object({
          ...pageQuery,
          status: DELIVERY_STATUS.optional(),
          run: text('the id of a run').optional(),
        }),
        response: answers({ 200: listOf(deliveryShape) }),
      }),
    },
    async ({ query: { limit = 50, cursor, status, run } }) => {
      const after = readIdCursor(cursor)
      const of = run === undefined ? undefined : await findRunOrThrow(context, run)
      const rows = await searchDeliveries(context.db, {
        status,
        runId: of?.id,
        accountId: of?.account_id,
        after,
        limit: limit + 1,
      })
      const { page, next_cursor } = pageOf(rows, limit, (row) => [row.created_at.toISOString(), row.id])
      return { items: page.map(deliveryView), next_cursor }
    },
  )
}

function registerOne(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/deliveries/:id',
    {
      config: OPENED_BY,
      schema: documented('get-delivery', 'A delivery with its whole history.', {
        params: id,
        response: answers({ 200: deliveryShape.extend({ history: z.array(attemptShape) }) }),
      }),
    },
    async ({ params }) => {
      const delivery = isUuid(params.id) ? await findDelivery(context.db, params.id) : undefined
      if (!delivery) throw notFound('delivery')
      return { ...deliveryView(delivery), history: await historyOf(context, delivery) }
    },
  )
}

/** Every attempt of a delivery, oldest first; instants are ISO 8601. */
async function historyOf({ db }: Pick<RunContext, 'db'>, delivery: { account_id: number; id: string }) {
  const attempts = await listAttempts(db, delivery)
  return attempts.map(({ attempt, started_at, ended_at, outcome, reply }) => ({
    attempt,
    started_at: started_at.toISOString(),
    ended_at: ended_at?.toISOString() ?? null,
    outcome,
    reply,
  }))
}

function registerResend(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/admin/api/deliveries/:id/resend',
    {
      config: OPENED_BY,
      schema: documented('resend-delivery', 'Send the same bytes again, as a new delivery.', {
        params: id,
        body: z.strictObject({ to: text('a mail address').optional() }).nullish(),
        response: answers({ 202: deliveryShape }),
      }),
    },
    async (request, reply) => {
      const { params, body } = request
      const wanted = { deliveryId: params.id, to: body?.to, requestedBy: adminOf(request).label }
      const once = idempotencyOf(request, 'resend', [params.id, body?.to])
      const { answer, replayed } = await resend(context, wanted, once)
      if (replayed) reply.header('idempotency-replayed', 'true')
      return reply.code(202).header('location', `/admin/api/deliveries/${answer.id}`).send(answer)
    },
  )
}
