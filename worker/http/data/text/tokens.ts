import { z } from 'zod'
import { createPartnerToken, listPartnerTokens, revokePartnerToken } from '../../../../db/queries/data/tokens.ts'
import { HttpProblem, notFound } from '../../shared/problem.ts'
import { idNumber, text } from '../../shared/schemas.ts'
import { type Endpoint, partnerEndpoint } from '../endpoint.ts'
import { count, string, timestamp, timestampOf } from '../shapes.ts'

const token = z.object({ id: count(), token: string(), creation_timestamp: timestamp(), label: string() })

/** The partner's own keys; the secret is shown once, at creation (docs/data-api.md, Keys and walls). */
export const tokens: readonly Endpoint[] = [
  partnerEndpoint({
    id: 'text-create-api-token',
    method: 'POST',
    path: '/v2/partners/tokens',
    summary: 'Make a new API token.',
    write: true,
    status: 201,
    body: z.object({ label: text('a label of 3 characters or more', { min: 3, max: 200 }) }),
    answer: token,
    handle: async ({ scope, body }) => {
      const created = await createPartnerToken(scope, body.label)
      if (!created) throw new HttpProblem(409, 'a token in use has this label already')
      const { id, token, label } = created
      return { id, token, creation_timestamp: timestampOf(scope.now), label }
    },
  }),
  partnerEndpoint({
    id: 'text-get-api-tokens',
    path: '/v2/partners/tokens',
    summary: 'Active API tokens, masked.',
    answer: z.object({ result: z.array(token) }),
    handle: async ({ scope }) => {
      const keys = await listPartnerTokens(scope)
      return {
        result: keys.map(({ id, lastFour, createdAt, label }) => ({
          id,
          token: `…${lastFour}`,
          creation_timestamp: timestampOf(createdAt),
          label,
        })),
      }
    },
  }),
  partnerEndpoint({
    id: 'text-revoke-api-token',
    method: 'DELETE',
    path: '/v2/partners/tokens/{id}',
    summary: 'Switch off an API token.',
    write: true,
    status: 204,
    params: z.object({ id: idNumber() }),
    handle: async ({ scope, params }) => {
      if (!(await revokePartnerToken(scope, Number(params.id)))) throw notFound('token')
    },
  }),
]
