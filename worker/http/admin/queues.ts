import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isOwnOrigin, LOGIN_PATH } from '../access/session.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { adminOf, OPENED_BY } from '../shared/fields.ts'
import { HttpProblem, problem, sendProblem } from '../shared/problem.ts'
import { audit } from './audit.ts'

const PREFIX = '/admin/queues'

/** The page sets styles as it goes; everything it loads comes from here. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** bull-board at `/admin/queues`, for an admin key or a session, over either queue. */
export async function registerQueues(app: FastifyInstance, { connections, queues }: AdminParts): Promise<void> {
  const adapter = new FastifyAdapter()
  createBullBoard({
    queues: Object.values(queues).map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter.setBasePath(PREFIX),
    options: { uiConfig: { boardTitle: 'Bursar queues', miscLinks: [{ text: 'Back to Bursar', url: '/admin/' }] } },
  })
  await app.register(async (scope) => {
    registerDoor(scope)
    scope.addHook('onSend', async (_request, reply, payload) => withoutOthers(reply, payload))
    scope.addHook('onResponse', async (request, reply) => note(connections, request, reply))
    await scope.register(adapter.registerPlugin(), { prefix: PREFIX })
  })
}

/** Answers by itself: bull-board's own error handler would make a 500 of whatever is thrown below it. */
function registerDoor(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...OPENED_BY, sessionWrites: true }
  })
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', POLICY)
    try {
      adminOf(request)
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error
      if (wantsLogin(request)) return reply.redirect(`${LOGIN_PATH}?next=${encodeURIComponent(PREFIX)}`, 303)
      const isForeign = request.adminSession !== undefined && !isOwnOrigin(request)
      return isForeign
        ? sendProblem(reply, problem(403, 'this did not come from our own page'))
        : sendProblem(reply, problem(error.status, error.message))
    }
  })
}

const wantsLogin = ({ method, headers, apiKey }: FastifyRequest): boolean =>
  method === 'GET' &&
  apiKey === undefined &&
  headers.authorization === undefined &&
  !!headers.accept?.includes('text/html')

/** The page asks another host for its fonts; it has to do without. */
function withoutOthers(reply: FastifyReply, payload: unknown): unknown {
  const isPage = String(reply.getHeader('content-type')).startsWith('text/html') && typeof payload === 'string'
  if (!isPage) return payload
  const page = payload.replaceAll(/<link[^>]+href="https?:[^>]*>/g, '')
  reply.header('content-length', Buffer.byteLength(page))
  return page
}

async function note(
  { client, clock }: AdminParts['connections'],
  request: FastifyRequest,
  { statusCode }: FastifyReply,
) {
  if (['GET', 'HEAD'].includes(request.method) || statusCode >= 400) return
  const target = request.url.slice(PREFIX.length).split('?', 1)[0] ?? ''
  const entry = { at: clock(), action: `queue.${request.method.toLowerCase()}`, target }
  await client.db.transaction().execute((writer) => audit(writer, request, entry))
}
