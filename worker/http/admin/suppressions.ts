import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  deleteSuppression,
  findSuppression,
  listSuppressions,
  type Suppression,
} from '../../../db/ledger/deliveries/suppressions.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { pageOf, readTimeCursor } from '../shared/cursor.ts'
import { answers, documented, listOf, OPENED_BY, pageQuery } from '../shared/fields.ts'
import { notFound } from '../shared/problem.ts'
import { audit } from './audit.ts'

const suppressionShape = z
  .object({
    address: z.string(),
    reply: z.string().meta({ description: 'What the server said.' }),
    delivery_id: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ description: 'An address that a server refused for good and that gets no more mail.' })

const params = z.object({ address: z.string() })

/** `/admin/api/suppressions`: addresses that get no more mail. */
export function registerSuppressions(app: FastifyInstance, parts: AdminParts): void {
  registerReads(app, parts)
  registerDelete(app, parts)
}

function registerReads(app: FastifyInstance, { connections: { client } }: AdminParts): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  api.get(
    '/admin/api/suppressions',
    {
      config: OPENED_BY,
      schema: documented('list-suppressions', 'Addresses that get no more mail, newest first.', {
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(suppressionShape) }),
      }),
    },
    async ({ query: { limit = 50, cursor } }) => {
      const at = readTimeCursor(cursor)
      const after = at && { createdAt: at.createdAt, address: at.id }
      const rows = await listSuppressions(client.db, { limit: limit + 1, after })
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
      const found = await findOrThrow({ client }, request.params.address)
      const entry = { at: clock(), action: 'suppression.delete', target: found.address, before: shaped(found) }
      await client.db.transaction().execute(async (writer) => {
        if (!(await deleteSuppression(writer, found.address))) throw notFound('suppressed address')
        await audit(writer, request, entry)
      })
      return reply.code(204).send(null)
    },
  )
}

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
