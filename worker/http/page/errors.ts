import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { sessionOf } from '../access/session.ts'
import { HttpProblem } from '../shared/problem.ts'
import { refusalOf } from '../shared/refusals.ts'
import type { PageContext } from './parts.ts'

/** Errors as a page: what happened, what it means for what was being done, and the way on. */
export function registerErrors(app: FastifyInstance, { pages }: PageContext): void {
  app.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const error = refusalOf(thrown, request)
    const status = statusOf(error)
    if (status >= 500) request.log.error({ err: error }, 'a page failed')
    return sendError(pages, reply, status, status >= 500 ? undefined : error.message)
  })
}

function statusOf(error: Error): number {
  const status = error instanceof HttpProblem ? error.status : ((error as FastifyError).statusCode ?? 500)
  return status >= 400 && status < 600 ? status : 500
}

/** `detail` undefined: the log says what, the page only where to find it. */
export function sendError(pages: PageContext['pages'], reply: FastifyReply, status: number, detail?: string) {
  const title = TITLES[status] ?? STATUS_CODES[status] ?? 'Error'
  const signedIn = sessionOf(reply.request) !== undefined
  return pages.send(reply, 'error', { title, detail, signedIn, id: reply.request.id }, status)
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'That cannot be asked',
  403: 'This form is not valid any more',
  404: 'There is nothing here',
  409: 'That is not possible now',
  410: 'No longer kept',
  429: 'Too many requests',
  500: 'Something went wrong on our side',
}
