import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

export { isUuid } from '../../../db/values/ids.ts'

import type { ApiKey } from '../../../db/access/keys.ts'
import { DELIVERY_STATUSES, RUN_STATUSES, STATEMENT_STATUSES } from '../../../db/values/statuses.ts'
import { demandKey } from '../access/token.ts'
import { problemShape } from './problem.ts'
import { choice, integer, text } from './schemas.ts'

/** What the admin calls' parameters have in common. */
export const accountId = () => integer(1, 2_147_483_647)
export const limit = () => integer(1, 1000).default(50)
export const cursor = () => text('a next_cursor of an earlier answer')
export const pageQuery = { limit: limit().optional(), cursor: cursor().optional() }

export const RUN_STATUS = choice(RUN_STATUSES)
export const STATEMENT_STATUS = choice(STATEMENT_STATUSES)
export const DELIVERY_STATUS = choice(DELIVERY_STATUSES)

/** Whose key the request came with. */
export const adminOf = (request: FastifyRequest): ApiKey => demandKey(request, ['admin'])

/** What every admin route has: the key that opens it, its place in the documentation. */
export const OPENED_BY = { keys: ['admin'] } as const

export const documented = <More extends object>(id: string, summary: string, more: More) => ({
  operationId: `admin-${id}`,
  summary,
  tags: ['admin'],
  security: [{ bearer: [] }],
  ...more,
})

const PROBLEM = {
  description: 'What was wrong with the request (RFC 9457).',
  content: { 'application/problem+json': { schema: problemShape } },
}

/** What a call answers, by status. Each answer is put through its schema; the types of the verbs are not bound to it. */
export const answers = (byStatus: Readonly<Record<number, z.ZodType>>): Record<string, unknown> => ({
  ...byStatus,
  '4xx': PROBLEM,
})

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() })
