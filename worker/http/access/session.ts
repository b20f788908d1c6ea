import { timingSafeEqual } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { insertAudit } from '../../../db/access/audit.ts'
import { type ApiKey, findKey, findKeyById } from '../../../db/access/keys.ts'
import { endSession, findSession, insertSession } from '../../../db/access/sessions.ts'
import type { Database } from '../../../db/connection/client.ts'
import { mac, readToken, signToken } from '../../delivery/mail/token.ts'
import { type Attempts, createAttempts } from './attempts.ts'
import { environmentKey, isAdminToken } from './token.ts'

declare module 'fastify' {
  interface FastifyRequest {
    adminSession: Session | undefined
  }
  interface FastifyContextConfig {
    /** A session opens this route for writing too, where the request comes from our own page; else only for reading. */
    readonly sessionWrites?: boolean
  }
}

/** Somebody who has logged in to the admin page with an admin key (docs/data-api.md, Keys and walls). */
export interface Session {
  readonly id: string
  readonly key: ApiKey
  /** What a form of this session has to bring along. */
  readonly csrf: string
}

export interface SessionParts {
  readonly db: Database
  readonly secret: string
  readonly adminToken: string
  /** Whether callers reach us by https: then the cookie goes no other way. */
  readonly secure: boolean
  readonly clock: () => Date
}

export interface Sessions {
  /** `in`: the cookie is set. Every other answer is slow and must look the same to whoever guesses. */
  readonly logIn: (request: FastifyRequest, reply: FastifyReply, token: string) => Promise<'in' | 'wrong' | 'limited'>
  readonly logOut: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

export const LOGIN_PATH = '/admin/login'
const COOKIE = 'bursar_session'
const LIFE_MS = 12 * 3_600_000
const SLOW_MS = 500
const READS = ['GET', 'HEAD']

/**
 * Cookie sessions for the routes of this scope; brings @fastify/cookie along. A session stands for its key: on routes with
 * `config.keys` it opens what reads, and what writes only with `config.sessionWrites`. Ends when its key is revoked.
 */
export async function registerSession(app: FastifyInstance, parts: SessionParts): Promise<Sessions> {
  await app.register(cookie)
  app.decorateRequest('adminSession', undefined)
  app.addHook('onRequest', async (request, reply) => {
    // Without a referrer browsers call a form's own origin null.
    reply.header('referrer-policy', 'same-origin')
    request.adminSession = await readSession(request, parts)
    if (request.adminSession && !bringsKey(request) && opens(request)) request.apiKey = request.adminSession.key
  })
  const attempts = createAttempts({ most: 10, windowMs: 60_000, clock: parts.clock })
  return {
    logIn: (request, reply, token) => logIn(parts, attempts, { request, reply, token }),
    logOut: (request, reply) => logOut(parts, request, reply),
  }
}

/** Who is logged in; undefined where nobody is. */
export const sessionOf = (request: FastifyRequest): Session | undefined => request.adminSession

/** Whether a form's token is that of this session. */
export function isCsrfOf(session: Session, token: unknown): boolean {
  const [given, expected] = [Buffer.from(String(token)), Buffer.from(session.csrf)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Whether a page of ours sent this: what the browser says of where it comes from. */
export function isOwnOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin !== undefined && URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host
}

const bringsKey = ({ headers }: FastifyRequest): boolean =>
  headers.authorization !== undefined || headers.api_access_token !== undefined

function opens(request: FastifyRequest): boolean {
  const { sessionWrites = false } = request.routeOptions.config
  return READS.includes(request.method) || (sessionWrites && isOwnOrigin(request))
}

async function readSession(request: FastifyRequest, parts: SessionParts): Promise<Session | undefined> {
  const [id] = readToken(parts.secret, 'session', request.cookies[COOKIE] ?? '') ?? []
  if (typeof id !== 'string') return undefined
  const row = await findSession(parts.db, id, parts.clock())
  if (!row) return undefined
  const key =
    row.key_id === null ? environmentKeyOf(row.environment_mac, parts) : await findKeyById(parts.db, Number(row.key_id))
  return key?.kind === 'admin' ? { id, key, csrf: mac(parts.secret, 'csrf', id) } : undefined
}

/** A new `ADMIN_TOKEN` ends the sessions of the old one. */
const environmentKeyOf = (environmentMac: string | null, parts: SessionParts): ApiKey | undefined =>
  environmentMac === environmentMacOf(parts) ? environmentKey(parts.clock()) : undefined

const environmentMacOf = ({ secret, adminToken }: SessionParts): string => mac(secret, 'admin token', adminToken)

interface Login {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly token: string
}

async function logIn(parts: SessionParts, attempts: Attempts, { request, reply, token }: Login) {
  if (!attempts.take(request.ip)) return refuse(request, 'limited')
  const now = parts.clock()
  const key = isAdminToken(token, parts) ? environmentKey(now) : await findKey(parts.db, token, now)
  if (key?.kind !== 'admin') return refuse(request, 'wrong')
  attempts.forgive(request.ip)
  const whose =
    key.id === 0 ? { keyId: null, environmentMac: environmentMacOf(parts) } : { keyId: key.id, environmentMac: null }
  const session = { ...whose, now, expires: new Date(now.getTime() + LIFE_MS) }
  const id = await parts.db.transaction().execute(async (writer) => {
    const id = await insertSession(writer, session)
    await insertAudit(writer, { at: now, actor: key.label, action: 'session.open', target: id })
    return id
  })
  request.adminSession = { id, key, csrf: mac(parts.secret, 'csrf', id) }
  reply.setCookie(COOKIE, signToken(parts.secret, 'session', [id]), { ...cookieOf(parts), maxAge: LIFE_MS / 1000 })
  return 'in'
}

async function refuse<Why extends 'wrong' | 'limited'>(request: FastifyRequest, why: Why): Promise<Why> {
  request.log.warn({ why }, 'a login was refused')
  await pause(SLOW_MS)
  return why
}

async function logOut(parts: SessionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const session = sessionOf(request)
  reply.clearCookie(COOKIE, cookieOf(parts))
  if (!session) return
  const now = parts.clock()
  const entry = { at: now, actor: session.key.label, action: 'session.close', target: session.id }
  await parts.db.transaction().execute(async (writer) => {
    await endSession(writer, session.id, now)
    await insertAudit(writer, entry)
  })
}

const cookieOf = ({ secure }: SessionParts) => ({ path: '/admin', httpOnly: true, sameSite: 'strict', secure }) as const
