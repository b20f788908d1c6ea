import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DetachedMonth } from '../../../db/connection/detached.ts'
import { isAway } from '../../../db/connection/outage.ts'
import { MissingRates } from '../../../db/queries/rates.ts'

/** One thing wrong with a request: where it stood, its name, and what was expected. */
export interface Complaint {
  readonly in: 'path' | 'query' | 'header' | 'body'
  readonly name: string
  readonly message: string
}

/** The same for the documentation. */
export const problemShape = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ in: z.string(), name: z.string(), message: z.string() })).optional(),
})

/** The body of every error (RFC 9457); `errors` only with 400. */
interface Problem {
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly errors?: readonly Complaint[]
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Thrown anywhere below a route: answered as a problem with this status. `detail` is read by the caller. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly errors: readonly Complaint[]

  constructor(status: number, detail: string, errors: readonly Complaint[] = []) {
    super(detail)
    this.status = status
    this.errors = errors
  }
}

/** 400 about one parameter. */
export function invalid(where: Complaint['in'], name: string, message: string): HttpProblem {
  return new HttpProblem(400, `${name}: ${message}`, [{ in: where, name, message }])
}

export const notFound = (what: string): HttpProblem => new HttpProblem(404, `there is no such ${what}`)

/** The last word on every error: what it was goes to the log, what helps the caller goes out. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request)
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.status === 503) reply.header('retry-after', '5')
  return sendProblem(reply, problem)
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  // What is left of a body would be taken for the next request, or the connection cut under it.
  const { headers, complete } = reply.request.raw
  if (!complete && ('transfer-encoding' in headers || 'content-length' in headers)) reply.header('connection', 'close')
  // Text, so that no response schema of the route is applied to it.
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(String).send(JSON.stringify(problem))
}

export function problem(status: number, detail: string, errors: readonly Complaint[] = []): Problem {
  const title = STATUS_CODES[status] ?? 'Error'
  if (status !== 400) return { title, status, detail }
  return { title, status, detail, errors: errors.length > 0 ? errors : [{ in: 'body', name: 'body', message: detail }] }
}

function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof HttpProblem) return problem(error.status, error.message, error.errors)
  if (error instanceof MissingRates || error instanceof DetachedMonth) return problem(409, error.message)
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error)
  if (isAway(error)) return problem(503, 'the database cannot be reached; try again')
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return problem(status, error.message)
  return problem(status >= 500 && status < 600 ? status : 500, `the request failed; the log has it as ${request.id}`)
}

const CONTEXTS: Record<string, Complaint['in']> = {
  querystring: 'query',
  params: 'path',
  headers: 'header',
  body: 'body',
}

function validationProblem(error: FastifyError): Problem {
  const where = CONTEXTS[error.validationContext ?? 'body'] ?? 'body'
  const errors = (error.validation ?? []).map(({ instancePath, message }) => ({
    in: where,
    name: instancePath.split('/')[1] || 'body',
    message: message ?? 'is not valid',
  }))
  return problem(400, errors.map(({ name, message }) => `${name}: ${message}`).join('; '), errors)
}
