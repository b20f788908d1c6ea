import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contentIdOf, findMail } from '../../../db/ledger/statements/contents.ts'
import { searchStatements } from '../../../db/ledger/statements/search.ts'
import { listFiles } from '../../../db/ledger/statements/statements.ts'
import { findRunOrThrow } from '../../actions/control-run.ts'
import { MissingFile } from '../../storage/storage.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { pageOf, readNumberCursor } from '../shared/cursor.ts'
import { answers, documented, isUuid, listOf, OPENED_BY, pageQuery, STATEMENT_STATUS } from '../shared/fields.ts'
import { findStatementOrThrow } from '../shared/find.ts'
import { HttpProblem, invalid, notFound } from '../shared/problem.ts'
import { flag, text } from '../shared/schemas.ts'
import { sendStored } from '../shared/stored.ts'
import { statementShape, statementViews } from './statement-view.ts'

const id = z.object({ id: z.string() })
const MOST_ORDINALS = 2 ** 31 - 1

/** What a run sealed for whom, its files and its mail. */
export function registerStatements(app: FastifyInstance, parts: AdminParts): void {
  registerList(app, parts)
  registerOne(app, parts)
  registerFile(app, parts)
  registerMail(app, parts)
}

function registerList(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/runs/:id/statements',
    {
      config: OPENED_BY,
      schema: documented('list-statements', 'The statements of a run, in their order.', {
        params: id,
        querystring: z.object({
          ...pageQuery,
          status: STATEMENT_STATUS.optional(),
          q: text('some words').optional().meta({ description: "Part of a subject's id or name, or of an address." }),
        }),
        response: answers({ 200: listOf(statementShape) }),
      }),
    },
    async ({ params, query: { limit = 50, cursor, status, q } }) => {
      const run = await findRunOrThrow(context, params.id)
      const after = readNumberCursor(cursor)
      if (after !== undefined && (after < 0 || after > MOST_ORDINALS))
        throw invalid('query', 'cursor', 'expected a next_cursor of an earlier answer')
      const rows = await searchStatements(context.db, run, {
        text: q,
        status,
        first: (after ?? -1) + 1,
        limit: limit + 1,
      })
      const { page, next_cursor } = pageOf(rows, limit, (row) => [row.ordinal])
      return { items: await statementViews(context.db, page), next_cursor }
    },
  )
}

function registerOne(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/statements/:id',
    {
      config: OPENED_BY,
      schema: documented('get-statement', 'What a statement says, its files, and every delivery of it.', {
        params: id,
        response: answers({ 200: statementShape }),
      }),
    },
    async ({ params }) => (await statementViews(context.db, [await findStatementOrThrow(context.db, params.id)]))[0],
  )
}

function registerFile(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/statements/:id/files/:name',
    {
      config: OPENED_BY,
      schema: documented('get-statement-file', 'A stored file, byte for byte; its ETag is the SHA-256.', {
        params: z.object({ id: z.string(), name: z.string() }),
        querystring: z.object({
          inline: flag().optional().meta({ description: 'To be shown by a browser instead of kept.' }),
        }),
      }),
    },
    async ({ params, query }, reply) => {
      const statement = await findStatementOrThrow(context.db, params.id)
      const files = await listFiles(context.db, { ...statement, id: contentIdOf(statement) })
      const file = files.find(({ name }) => name === params.name)
      if (!file) throw notFound('file')
      return sendStored(reply, context.storage, file, { inline: query.inline ?? false })
    },
  )
}

function registerMail(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/statements/:id/mail',
    {
      config: OPENED_BY,
      schema: documented('get-statement-mail', 'The mail as it was sent: the newest, or that of one delivery.', {
        params: id,
        querystring: z.object({ delivery: text('the id of a delivery').optional() }),
      }),
    },
    async ({ params, query: { delivery } }, reply) => {
      const statement = await findStatementOrThrow(context.db, params.id)
      if (delivery !== undefined && !isUuid(delivery)) throw notFound('delivery of this statement with a mail')
      const found = await findMail(context.db, { ...statement, id: contentIdOf(statement) }, delivery)
      if (!found?.mail_sha256) throw notFound('mail: nothing of this statement was sent')
      const bytes = await context.storage.get(found.mail_sha256).catch((error: Error) => {
        throw error instanceof MissingFile ? new HttpProblem(410, 'the bytes of this mail are no longer kept') : error
      })
      return reply
        .header('etag', `"${found.mail_sha256}"`)
        .header('content-disposition', `attachment; filename="${found.id}.eml"`)
        .type('message/rfc822')
        .send(bytes)
    },
  )
}
