import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { z } from 'zod'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import type { KeyKind } from '../../../db/access/keys.ts'
import { asTenant, type Tenant, type Writer } from '../../../db/connection/client.ts'
import { findProfile } from '../../../db/queries/data/partner.ts'
import type { SharedTurns } from '../../flow/turns.ts'
import { demandKey } from '../access/token.ts'
import type { HttpParts } from '../shared/parts.ts'
import { HttpProblem, invalid, notFound, problemShape } from '../shared/problem.ts'
import { text } from '../shared/schemas.ts'
import type { Endpoint, OnePartner, WholeAccount } from './endpoint.ts'
import { BrokenTransfer, STREAMED } from './stream.ts'

/** Makes a route of an entry; its aliases answer the same and stay out of the documentation. */
export function registerEndpoint(app: FastifyInstance, parts: HttpParts, endpoint: Endpoint, turns: SharedTurns): void {
  const route = routeOf(parts, endpoint, turns)
  app.route({ ...route, url: urlOf(endpoint.path) })
  for (const alias of endpoint.aliases ?? []) {
    app.route({ ...route, url: urlOf(alias), schema: { ...route.schema, hide: true } })
  }
}

/** `{campaign_id}` of the contract as fastify writes it. */
const urlOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

function routeOf(parts: HttpParts, endpoint: Endpoint, turns: SharedTurns): Omit<RouteOptions, 'url'> {
  return {
    method: endpoint.method ?? 'GET',
    config: { keys: keysOf(endpoint) },
    schema: schemaOf(endpoint),
    handler: async (request, reply) => {
      const done = await turns.take(keyOf(request))
      try {
        if (reply.raw.destroyed) return reply // hung up while it waited
        const answer = await run(parts, endpoint, request, reply)
        return answer === STREAMED ? reply : reply.code(endpoint.status ?? 200).send(answer)
      } catch (error) {
        if (!(error instanceof BrokenTransfer)) throw error
        request.log.warn({ err: error }, 'an answer was broken off')
        return reply
      } finally {
        done()
      }
    },
  }
}

const keyOf = ({ apiKey }: FastifyRequest): string => `${apiKey?.kind} ${apiKey?.id}`

function run(parts: HttpParts, endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { query, params, body } = request
  let broken: BrokenTransfer | undefined
  const work = async (db: Writer) => {
    const scope = await scopeOf(db, endpoint, request, parts.clock())
    return endpoint.handle({ scope, query, params, body, request, reply } as never).catch((error) => {
      if (error instanceof BrokenTransfer) broken = error
      throw error
    })
  }
  const done = asTenant(parts.db, tenantOf(endpoint, request), work, { readOnly: endpoint.write !== true })
  // Where the connection went with the transfer, the rollback fails after it: what broke first is the error that counts.
  return done.catch((error) => {
    throw broken ?? error
  })
}

/** A write of a partner is its own: the account's key reads. */
function keysOf({ of, write }: Endpoint): readonly KeyKind[] {
  if (of === 'account') return ['account']
  return write ? ['partner'] : ['partner', 'account']
}

function schemaOf(endpoint: Endpoint) {
  const { of, id, summary, query, params, body, status = 200 } = endpoint
  const querystring =
    of === 'partner' ? (query ?? z.object({})).safeExtend({ partner_id: PARTNER_ID.optional() }) : query
  return {
    operationId: id,
    summary,
    tags: [id.slice(0, id.indexOf('-'))],
    security: [{ bearer: [] }, { apiKey: [] }],
    ...(querystring && { querystring }),
    ...(params && { params }),
    ...(body && { body, consumes: ['application/json', 'application/x-www-form-urlencoded'] }),
    response: { [status]: responseOf(endpoint), '4xx': PROBLEM },
  }
}

const PARTNER_ID = text('a partner_id').meta({ description: "Which partner; needed with an account's key." })

const PROBLEM = {
  description: 'What was wrong with the request (RFC 9457).',
  content: { 'application/problem+json': { schema: problemShape } },
}

function responseOf({ answer, file, summary }: Endpoint) {
  if (answer) return answer.meta({ description: summary })
  if (file) return { description: summary, content: { [file]: { schema: z.string() } } }
  return z.null().meta({ description: 'Done; no body.' })
}

function tenantOf(endpoint: Endpoint, request: FastifyRequest): Tenant {
  const key = demandKey(request, keysOf(endpoint))
  if (key.accountId === null) throw new HttpProblem(403, 'this key has no account')
  if (endpoint.of === 'account') return { accountId: key.accountId }
  const asked = (request.query as { partner_id?: string }).partner_id
  if (key.partnerId === null) {
    if (asked === undefined) throw invalid('query', 'partner_id', "is required with an account's key")
    return { accountId: key.accountId, partnerId: asked }
  }
  if (asked !== undefined && asked !== key.partnerId) throw notFound('partner')
  return { accountId: key.accountId, partnerId: key.partnerId }
}

async function scopeOf(
  db: Writer,
  endpoint: Endpoint,
  request: FastifyRequest,
  now: Date,
): Promise<OnePartner | WholeAccount> {
  const { accountId, partnerId } = tenantOf(endpoint, request)
  const account = await findAccountOrThrow(db, accountId)
  if (partnerId === undefined) return { db, account, now }
  const partner = await findProfile(db, accountId, partnerId)
  if (!partner) throw notFound('partner')
  return { db, account, now, partnerId, partner, actor: actorOf(request) }
}

/** By its id, not by its label: a partner may call its key whatever an administrator's is called. */
function actorOf({ apiKey }: FastifyRequest): string {
  const key = `key ${apiKey?.id}`
  return apiKey?.partnerId ? `partner ${apiKey.partnerId}, ${key}` : key
}

async function findAccountOrThrow(db: Writer, accountId: number): Promise<Account> {
  const account = await findAccount(db, accountId)
  if (!account) throw notFound('account')
  return account
}
