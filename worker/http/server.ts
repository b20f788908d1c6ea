import { randomUUID } from 'node:crypto'
import helmet from '@fastify/helmet'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { registerAuth } from './access/token.ts'
import { registerData } from './data/index.ts'
import { registerDocs } from './public/docs.ts'
import { registerHealth } from './public/health.ts'
import { registerBodies } from './shared/bodies.ts'
import { registerRateLimit } from './shared/limits.ts'
import { registerNotFound } from './shared/methods.ts'
import type { HttpConfig, HttpParts } from './shared/parts.ts'
import { answerError, PROBLEM_TYPE, problem, sendProblem } from './shared/problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly slowReaderMs: number
  }
}

/** The HTTP server, built and ready but not listening: `await server.listen({ host, port })`, `await server.close()`. */
export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const app = openApp(parts.log, parts.config)
  app.setErrorHandler(answerError)
  await app.register(helmet, {
    contentSecurityPolicy: { directives: CONTENT_POLICY },
    strictTransportSecurity: parts.config.publicUrl.startsWith('https:'),
  })
  registerAuth(app, { db: parts.db, adminToken: parts.config.adminToken, clock: parts.clock })
  await registerRateLimit(app, parts.config.rateLimit)
  registerNotFound(app)
  await registerBodies(app)
  await registerDocs(app, parts.config)
  registerHealth(app, parts.ready)
  await app.register(async (scope) => registerData(scope, parts))
  for (const register of parts.register ?? []) await app.register(async (scope) => register(scope))
  await app.ready()
  return app
}

const CONTENT_POLICY = {
  defaultSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  upgradeInsecureRequests: null,
}

function openApp(log: FastifyBaseLogger, { trustProxy, slowReaderMs = 30_000 }: HttpConfig): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    trustProxy: trusted(trustProxy),
    // Queries may hold addresses: what is logged is written below.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']) ?? randomUUID(),
    bodyLimit: 64 * 1024,
    // Whole imports come as bodies; a caller who dawdles over the headers is cut off by node after a minute.
    requestTimeout: 15 * 60_000,
    // Room for the signed link to a file of the longest partner id (512 bytes, percent-encoded, as base64).
    routerOptions: { maxParamLength: 4000 },
    frameworkErrors: (error, request, reply) => {
      sendProblem(reply.header('x-request-id', request.id), problem(400, error.message, [BAD_PATH]))
    },
    clientErrorHandler: ({ code }, socket) => {
      if (socket.writable) socket.end(rawProblem(UNREADABLE[code] ?? 400))
    },
  })
  app.decorate('slowReaderMs', slowReaderMs)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async ({ log, method, routeOptions }, { statusCode, elapsedTime }) => {
    log.info({ method, route: routeOptions.url, status: statusCode, ms: Math.round(elapsedTime) }, 'request')
  })
  return app as unknown as FastifyInstance
}

/** A number as a function: fastify itself trusts nobody where it is given one. */
const trusted = (proxies: HttpConfig['trustProxy']) =>
  typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies ? [...proxies] : false

/** A caller's own id is kept where it can do no harm in a log or a header. */
const requestIdOf = (given: string | string[] | undefined): string | undefined =>
  typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : undefined

const BAD_PATH = { in: 'path', name: 'path', message: 'expected a percent-encoded path' } as const

const UNREADABLE: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

/** An answer to what never became a request. */
function rawProblem(status: number): string {
  const errors = [{ in: 'header', name: 'request', message: 'expected HTTP/1.1' }] as const
  const body = problem(status, 'the request could not be read', errors)
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} ${body.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${randomUUID()}`,
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}
