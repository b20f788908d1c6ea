import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ApiKey, findKey, type KeyKind } from '../../../db/access/keys.ts'
import type { Database } from '../../../db/connection/client.ts'
import { HttpProblem } from '../shared/problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key came with the request, if a right one did. */
    apiKey: ApiKey | undefined
  }
  interface FastifyContextConfig {
    /** The kinds of key that open the route; a route without it is open. */
    readonly keys?: readonly KeyKind[]
    /** Whoever asks from this machine, and brings no key, needs none. */
    readonly openHere?: boolean
  }
}

interface AuthParts {
  readonly db: Database
  /** The admin key out of the environment; it opens what any admin key opens. */
  readonly adminToken: string | undefined
  readonly clock: () => Date
}

/**
 * Looks first whose key came with a request (the rate limit counts by it), then, before a body is read, answers 401 and
 * 403 on routes with `config.keys` (docs/data-api.md, Keys and walls).
 */
export function registerAuth(app: FastifyInstance, parts: AuthParts): void {
  app.decorateRequest('apiKey', undefined)
  app.addHook('onRequest', async (request) => {
    const token = tokenOf(request)
    if (token === undefined || request.routeOptions.config.keys === undefined) return
    request.apiKey = isAdminToken(token, parts)
      ? environmentKey(parts.clock())
      : await findKey(parts.db, token, parts.clock())
  })
  app.addHook('preParsing', async (request, reply) => {
    const { keys } = request.routeOptions.config
    if (keys === undefined) return
    reply.header('cache-control', 'no-store')
    if (!isFromHere(request)) demandKey(request, keys)
  })
}

/** The key of the request, of one of these kinds; 401 without a right key, 403 with one of another kind. */
export function demandKey(request: FastifyRequest, kinds: readonly KeyKind[]): ApiKey {
  const key = request.apiKey
  if (!key) {
    const detail =
      tokenOf(request) === undefined ? 'an API key is needed: Authorization: Bearer …' : 'the API key is not known'
    throw new HttpProblem(401, detail)
  }
  if (!kinds.includes(key.kind)) throw new HttpProblem(403, `${aOr(key.kind)} key does not open this`)
  return key
}

/** Over loopback and not passed on by a proxy, for behind one everybody comes from here. */
function isFromHere(request: FastifyRequest): boolean {
  const { headers, ip, routeOptions } = request
  if (!routeOptions.config.openHere || tokenOf(request) !== undefined) return false
  const passedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers)
  return !passedOn && (/^(::ffff:)?127\./.test(ip) || ip === '::1')
}

const aOr = (kind: KeyKind): string => (kind === 'partner' ? 'a partner' : `an ${kind}`)

/** The secret out of `Authorization: Bearer`, `Authorization: Api-Key` or `api_access_token`. */
function tokenOf({ headers }: FastifyRequest): string | undefined {
  const [, authorized] = /^(?:Bearer|Api-Key) +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
  const plain = headers.api_access_token
  return authorized ?? (typeof plain === 'string' && plain !== '' ? plain : undefined)
}

export function isAdminToken(token: string, { adminToken }: Pick<AuthParts, 'adminToken'>): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return adminToken !== undefined && adminToken !== '' && timingSafeEqual(digest(token), digest(adminToken))
}

/** What stands for the admin key of the environment. */
export function environmentKey(now: Date): ApiKey {
  return {
    id: 0,
    kind: 'admin',
    accountId: null,
    partnerId: null,
    label: 'ADMIN_TOKEN',
    lastFour: '',
    createdAt: now,
    lastUsedAt: now,
  }
}
