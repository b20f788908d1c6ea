import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'

/** Bodies of calls: JSON or a form, whichever comes (CONTRACT, Bodies); an empty one is no body. */
export async function registerBodies(app: FastifyInstance): Promise<void> {
  await app.register(formbody)
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parseJson(request, String(body), done)
  })
}
