import type { FastifyInstance } from 'fastify'
import { sendError } from './errors.ts'
import { asksForPage } from './guard.ts'
import type { PageContext } from './parts.ts'

/** What there is not below `/admin`: a page for people, the usual problem for programs. */
export async function registerUnknown(app: FastifyInstance, { pages }: PageContext): Promise<void> {
  await app.register(
    async (scope) => {
      scope.setNotFoundHandler({ preHandler: scope.rateLimit() }, (request, reply) =>
        asksForPage(request)
          ? sendError(
              pages,
              reply,
              404,
              'The address leads nowhere. It may have been mistyped, or what it named never was.',
            )
          : scope.answerUnknown(request, reply),
      )
    },
    { prefix: '/admin' },
  )
}
