import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  type Format,
  ImportError,
  importFile,
  isTable,
  NeverVoid,
  UnknownAccount,
  type Verb,
} from '../../../db/facts/index.ts'
import { scheduleDefaults } from '../../../jobs/index.ts'
import { turns } from '../../flow/turns.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { accountId, adminOf, answers, documented, OPENED_BY } from '../shared/fields.ts'
import { HttpProblem, notFound, problem, sendProblem } from '../shared/problem.ts'
import { flag } from '../shared/schemas.ts'
import { audit } from './audit.ts'
import { opened } from './facts-body.ts'

/** Each import holds a connection from its first byte to its last. */
const AT_ONCE = 4

const countsShape = z.object({
  inserted: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  conflicts: z.int(),
  void: z.int().optional().describe('Rows of keys that were taken back, passed over.'),
  voided: z.int().optional(),
  restored: z.int().optional(),
  columns: z.record(z.string(), z.int()).optional().describe('In how many of the updated rows each column changed.'),
  kept: z
    .record(z.string(), z.int())
    .optional()
    .describe('How many cells of each column say otherwise than a partner has set, and were left out.'),
})
const resultShape = z.object({
  tables: z.record(z.string(), countsShape),
  warnings: z.array(z.string()).optional().describe('What was taken but looks wrong; absent where nothing does.'),
})

const querystring = z
  .object({
    account_id: accountId().default(1),
    overwrite_partner_edits: flag()
      .default(false)
      .describe('Change also what partners have set themselves, which is kept otherwise.'),
    void: flag().default(false).describe('Take back the rows whose keys the body has.'),
    restore: flag().default(false).describe('Bring rows again that were taken back.'),
  })
  .refine((query) => !query.void || !query.restore, {
    path: ['restore'],
    message: 'is not for what is to be voided',
  })

/** `POST /admin/api/facts/:table`: a body of any size straight into the import, all of it or nothing (docs/importing.md). */
export function registerFacts(app: FastifyInstance, parts: AdminParts): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    registerImport(scope, parts)
  })
}

function registerImport(scope: FastifyInstance, { connections: { client, clock } }: AdminParts): void {
  // Each holds a session for as long as its body comes: half of them stay for everything else.
  const half = Math.floor((client.pool.options.max ?? 2 * AT_ONCE) / 2)
  const imports = turns(Math.min(AT_ONCE, Math.max(1, half)))
  scope.withTypeProvider<ZodTypeProvider>().post(
    '/admin/api/facts/:table',
    {
      config: OPENED_BY,
      schema: documented(
        'import-facts',
        'Bring facts in: CSV (text/csv) or NDJSON (application/x-ndjson), all or nothing.',
        {
          params: z.object({ table: z.string() }),
          querystring,
          body: z.unknown().meta({ description: 'A file as the import takes it.' }),
          consumes: ['text/csv', 'application/x-ndjson'],
          response: answers({ 200: resultShape }),
        },
      ),
    },
    async (request, reply) => {
      const { table } = request.params
      if (!isTable(table)) throw notFound('table')
      const { format, source } = await opened(bodyOf(request.body), request.headers['content-type'])
      const done = await imports.take()
      try {
        const { account_id: account, overwrite_partner_edits: overwritePartnerEdits } = request.query
        const verb = verbOf(request.query)
        const entry = { at: clock(), action: `facts.${verb}`, target: table, accountId: account }
        return await importFile(client, {
          accountId: account,
          verb,
          by: adminOf(request).label,
          overwritePartnerEdits,
          now: clock(),
          schedulesFor: scheduleDefaults,
          table,
          source,
          format,
          name: nameOf(table, format),
          alongside: (writer, { tables }) =>
            audit(writer, request, {
              ...entry,
              after: { ...tables[table], ...(overwritePartnerEdits && { overwrite_partner_edits: true }) },
            }),
        })
      } catch (error) {
        return refuse(reply, error)
      } finally {
        done()
      }
    },
  )
}

const verbOf = (query: { readonly void: boolean; readonly restore: boolean }): Verb =>
  query.void ? 'void' : query.restore ? 'restore' : 'import'

const bodyOf = (body: unknown): Readable => (body instanceof Readable ? body : Readable.from([]))

const nameOf = (table: string, format: Format): string => `${table}.${format}`

/** The import's own list of errors, each beside what every problem's errors say. */
function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof UnknownAccount) throw new HttpProblem(404, error.message)
  if (error instanceof NeverVoid) throw new HttpProblem(400, error.message)
  if (reply.request.raw.errored) throw new HttpProblem(400, 'the body broke off; nothing was imported')
  if (!(error instanceof ImportError)) throw error
  const errors = error.errors.map((fault) => ({
    in: 'body' as const,
    name: fault.column ?? `line ${fault.line}`,
    message: `line ${fault.line}: ${JSON.stringify(fault.value)}, expected ${fault.expected}`,
    ...fault,
  }))
  return sendProblem(reply, Object.assign(problem(400, error.message, errors), { error_count: error.errorCount }))
}
