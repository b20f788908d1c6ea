import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type AuditEntry, insertAudit, listAudit } from '../../../db/access/audit.ts'
import type { Writer } from '../../../db/connection/client.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { pageOf, readNumberCursor } from '../shared/cursor.ts'
import { adminOf, answers, documented, listOf, OPENED_BY, pageQuery } from '../shared/fields.ts'
import { text } from '../shared/schemas.ts'

/** Writes down who changed what (docs/operating.md, Watching it), in the transaction of the change. */
export async function audit(writer: Writer, request: FastifyRequest, entry: Omit<AuditEntry, 'actor'>): Promise<void> {
  await insertAudit(writer, { ...entry, actor: adminOf(request).label })
  logAction(request, { action: entry.action })
}

/** The log gets the action and ids, never an address. */
export function logAction(request: FastifyRequest, ids: { readonly action: string; readonly run?: string }): void {
  request.log.info({ ...ids, key: adminOf(request).id }, 'admin action')
}

const entryShape = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  account_id: z.int().nullable(),
  before: z.unknown(),
  after: z.unknown(),
})

/** `GET /admin/api/audit`: every change, newest first. */
export function registerAudit(app: FastifyInstance, { connections }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/audit',
    {
      config: OPENED_BY,
      schema: documented('list-audit', 'Who changed what, newest first.', {
        querystring: z.object({
          ...pageQuery,
          action: text('an action').optional(),
          target: text('an id or name').optional(),
        }),
        response: answers({ 200: listOf(entryShape) }),
      }),
    },
    async ({ query: { limit = 50, cursor, action, target } }) => {
      const before = readNumberCursor(cursor)?.toString()
      const rows = await listAudit(connections.client.db, { action, target, before, limit: limit + 1 })
      const { page, next_cursor } = pageOf(rows, limit, (row) => [Number(row.id)])
      return { items: page.map((row) => ({ ...row, at: row.at.toISOString() })), next_cursor }
    },
  )
}
