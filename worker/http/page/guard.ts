import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isCsrfOf, isOwnOrigin, LOGIN_PATH, type Session, sessionOf } from '../access/session.ts'
import { HttpProblem } from '../shared/problem.ts'
import { linkTo } from './form.ts'
import { pendingOf, showLogin } from './pending.ts'
import type { Pages } from './render.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page that is there without a login. */
    readonly open?: boolean
  }
}

/** No inline script or style, no other host, nothing framed but our own documents. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Every page: a strict policy, a session, and for what writes a form of that session, from our own origin. */
export function registerGuard(app: FastifyInstance, pages: Pages): void {
  app.addHook('onRequest', async (request, reply) => {
    reply
      .header('content-security-policy', POLICY)
      .header('x-frame-options', 'DENY')
      .header('cache-control', 'no-store')
    if (request.is404 && !asksForPage(request)) return
    if (isWriting(request) && isForeign(request)) throw foreign()
    if (isWriting(request) || request.routeOptions.config.open || sessionOf(request)) return
    return toLogin(request, reply)
  })
  app.addHook('preHandler', async (request, reply) => {
    if (request.is404 || !isWriting(request) || request.routeOptions.config.open) return
    const session = sessionOf(request)
    if (!session) return showLogin(pages, reply, { pending: pendingOf(request) })
    if (!isCsrfOf(session, (request.body as Form | undefined)?._csrf)) throw foreign()
  })
}

type Form = Readonly<Record<string, unknown>>

const isWriting = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD'

/** Every browser says where a form comes from; who says nothing is none, and needs the form's token all the same. */
const isForeign = (request: FastifyRequest): boolean =>
  !isOwnOrigin(request) && (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined)

/** A browser that goes to an address, of none of the parts that answer programs. */
export function asksForPage({ method, headers, url }: FastifyRequest): boolean {
  const isReading = method === 'GET' || method === 'HEAD'
  return isReading && (headers.accept ?? '').includes('text/html') && !/^\/admin\/(api|queues)(\/|$)/.test(url)
}

/** Behind the guard there always is one. */
export function sessionOrThrow(request: FastifyRequest): Session {
  const session = sessionOf(request)
  if (!session) throw new HttpProblem(401, 'you are not signed in')
  return session
}

const foreign = () =>
  new HttpProblem(
    403,
    'The form did not come from this page as it is now. Nothing was changed; load the page again and repeat.',
  )

/** What was asked for comes after the login. A page that looks again by itself goes there as a whole. */
function toLogin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { referer } = request.headers
  if (request.headers['hx-request'] === undefined) return reply.redirect(linkTo(LOGIN_PATH, { next: request.url }), 303)
  const next = referer && URL.canParse(referer) ? new URL(referer).pathname : undefined
  return reply.header('hx-redirect', linkTo(LOGIN_PATH, { next })).send('')
}

/** An address below `/admin/` of this server, or the overview: nobody is sent elsewhere by a link. */
export function ownAddress(next: string): string {
  const connections = 'http://bursar.invalid'
  if (!next.startsWith('/admin/') || !URL.canParse(next, connections)) return '/admin/'
  const { origin, pathname, search } = new URL(next, connections)
  return origin === connections && pathname.startsWith('/admin/') && !pathname.startsWith(LOGIN_PATH)
    ? pathname + search
    : '/admin/'
}
