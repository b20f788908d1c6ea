import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problem, sendProblem } from './problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The answer to what no route takes, for scopes that answer some of it themselves. */
    readonly answerUnknown: (request: FastifyRequest, reply: FastifyReply) => FastifyReply
  }
}

/** Answers what no route takes: 405 with `Allow` where the path is known under another method, else 404. */
export function registerNotFound(app: FastifyInstance): void {
  const paths = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    for (const one of [method].flat()) known.methods.add(one)
    paths.set(url, known)
  })
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const allowed = [...paths.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => [...methods])
    if (allowed.length === 0) return sendProblem(reply, problem(404, 'there is nothing at this address'))
    const list = [...new Set(allowed)].sort().join(', ')
    return sendProblem(reply.header('allow', list), problem(405, `this address takes ${list}`))
  }
  app.decorate('answerUnknown', answer)
  app.after(() => app.setNotFoundHandler({ preHandler: app.rateLimit() }, answer))
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    if (part.startsWith(':')) return '[^/]+'
    return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${parts.join('/')}$`)
}
