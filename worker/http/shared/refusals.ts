import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { Refused } from '../../values/refused.ts'
import { answerError, type Complaint, HttpProblem, notFound } from './problem.ts'

/**
 * What the verbs refuse is told in HTTP's words: `invalid` 400, `unknown` 404, `conflict` 409. A path with NUL in it names
 * nothing: PostgreSQL has no place for it.
 */
export function registerRefusals(app: FastifyInstance): void {
  app.addHook('preValidation', async ({ params }) => {
    if (Object.values(params ?? {}).some((value) => String(value).includes('\0'))) throw notFound('thing')
  })
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    answerError(refusalOf(error, request) as FastifyError, request, reply),
  )
}

/** The same as an error; what is no refusal stays what it is. */
export function refusalOf(error: Error, request: FastifyRequest): Error {
  if (error instanceof Refused) return problemOf(error, request)
  // Another run of the period was opened while this one was reopened: the ledger holds one open run (docs/definitions.md, Guarantees).
  if ((error as { constraint?: string }).constraint === 'runs_open')
    return new HttpProblem(409, 'another run of this report and period is open; expected it to end first')
  return error
}

const STATUS = { invalid: 400, unknown: 404, conflict: 409 } as const

function problemOf({ kind, field, message }: Refused, request: FastifyRequest): HttpProblem {
  const errors = kind === 'invalid' ? [{ in: placeOf(field, request), name: field, message }] : []
  return new HttpProblem(STATUS[kind], message, errors)
}

function placeOf(field: string, { query, params }: FastifyRequest): Complaint['in'] {
  const holds = (place: unknown) => typeof place === 'object' && place !== null && field in place
  if (holds(query)) return 'query'
  return holds(params) ? 'path' : 'body'
}
