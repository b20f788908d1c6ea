import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findSuppression, listSuppressions, type Suppression } from '../../../db/ledger/deliveries/suppressions.ts'
import { findRunOrThrow } from '../../actions/control-run.ts'
import { liftSuppressions } from '../../actions/lift-suppressions.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { pageOf, readTimeCursor } from '../shared/cursor.ts'
import { adminOf, answers, documented, listOf, OPENED_BY, pageQuery } from '../shared/fields.ts'
import { invalid, notFound } from '../shared/problem.ts'
import { text } from '../shared/schemas.ts'
import { logAction } from './audit.ts'

const suppressionShape = z
  .object({
    address: z.string(),
    reply: z.string().meta({ description: 'What the server said.' }),
    delivery_id: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ description: 'An address that a server refused for good and that gets no more mail.' })

const params = z.object({ address: z.string() })

const which = {
  reply: text('a part of what the server said', { max: 500 }).optional(),
  run: text('the id of a run').optional(),
}

/** `/admin/api/suppressions`: addresses that get no more mail. */
export function registerSuppressions(app: FastifyInstance, parts: AdminParts): void {
  registerReads(app, parts)
  registerDelete(app, parts)
  registerDeleteMany(app, parts)
}

function registerReads(app: FastifyInstance, { connections: { client } }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  api.get(
    '/admin/api/suppressions',
    {
      config: OPENED_BY,
      schema: documented('list-suppressions', 'Addresses that get no more mail, newest first.', {
        querystring: z.object({ ...pageQuery, ...which }),
        response: answers({ 200: listOf(suppressionShape) }),
      }),
    },
    async ({ query: { limit = 50, cursor, reply, run } }) => {
      const at = readTimeCursor(cursor)
      const after = at && { createdAt: at.createdAt, address: at.id }
      const rows = await listSuppressions(client.db, { reply, run: await runOf(client, run), limit: limit + 1, after })
      const { page, next_cursor } = pageOf(rows, limit, (row) => [row.created_at.toISOString(), row.address])
      return { items: page.map(shaped), next_cursor }
    },
  )
  api.get(
    '/admin/api/suppressions/:address',
    {
      config: OPENED_BY,
      schema: documented('get-suppression', 'Why an address gets no more mail.', {
        params,
        response: answers({ 200: suppressionShape }),
      }),
    },
    async ({ params: { address } }) => shaped(await findOrThrow({ client }, address)),
  )
}

function registerDelete(app: FastifyInstance, { connections: { client, clock } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().delete(
    '/admin/api/suppressions/:address',
    {
      config: OPENED_BY,
      schema: documented(
        'delete-suppression',
        'Let mail go to the address again; `retry` takes up what was kept back.',
        {
          params,
          response: answers({ 204: z.null().meta({ description: 'Done; no body.' }) }),
        },
      ),
    },
    async (request, reply) => {
      const { label } = adminOf(request)
      const lifted = await liftSuppressions({ db: client.db, clock }, { address: request.params.address }, label)
      if (lifted.length === 0) throw notFound('suppressed address')
      logAction(request, { action: 'suppression.delete' })
      return reply.code(204).send(null)
    },
  )
}

function registerDeleteMany(app: FastifyInstance, { connections: { client, clock } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().delete(
    '/admin/api/suppressions',
    {
      config: OPENED_BY,
      schema: documented(
        'delete-suppressions',
        'Let mail go again to every address that was refused in some words, or that a run met; `retry` takes up the rest.',
        {
          querystring: z.object(which),
          response: answers({ 200: z.object({ lifted: z.int(), addresses: z.array(z.string()) }) }),
        },
      ),
    },
    async (request) => {
      const { reply, run } = request.query
      if (reply === undefined && run === undefined) throw invalid('query', 'reply', 'expected reply or run')
      const of = { reply, run: await runOf(client, run) }
      const lifted = await liftSuppressions({ db: client.db, clock }, of, adminOf(request).label)
      logAction(request, { action: 'suppression.delete' })
      return { lifted: lifted.length, addresses: lifted.map(({ address }) => address) }
    },
  )
}

/** The id of a run that there is. */
const runOf = async (client: AdminParts['connections']['client'], run: string | undefined) =>
  run === undefined ? undefined : (await findRunOrThrow(client, run)).id

async function findOrThrow(
  { client }: Pick<AdminParts['connections'], 'client'>,
  address: string,
): Promise<Suppression> {
  const found = await findSuppression(client.db, address)
  if (!found) throw notFound('suppressed address')
  return found
}

const shaped = ({ address, reply, delivery_id, created_at }: Suppression) => ({
  address,
  reply,
  delivery_id,
  created_at: created_at.toISOString(),
})
