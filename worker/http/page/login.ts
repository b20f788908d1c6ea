import type { FastifyInstance } from 'fastify'
import { LOGIN_PATH, type Sessions, sessionOf } from '../access/session.ts'
import { fieldOf } from './form.ts'
import { ownAddress } from './guard.ts'
import type { PageContext } from './parts.ts'
import { readPending, showLogin } from './pending.ts'

const OPEN = { config: { open: true } } as const

/** Signing in with an admin key, and out. A wrong key and too many of them read the same. */
export function registerLogin(app: FastifyInstance, { pages }: PageContext, sessions: Sessions): void {
  app.get(LOGIN_PATH, OPEN, async (request, reply) => {
    const next = ownAddress(fieldOf(request.query, 'next'))
    if (sessionOf(request)) return reply.redirect(next, 303)
    return pages.send(reply, 'login', { title: 'Sign in', next })
  })
  app.post(LOGIN_PATH, OPEN, async (request, reply) => {
    const next = ownAddress(fieldOf(request.body, 'next'))
    const pending = readPending(fieldOf(request.body, 'pending'))
    const outcome = await sessions.logIn(request, reply, fieldOf(request.body, 'key'))
    if (outcome !== 'in') return showLogin(pages, reply, { next, wrong: true, pending })
    if (pending) return pages.send(reply, 'resume', { title: 'Go on', pending })
    return reply.redirect(next, 303)
  })
  app.post('/admin/logout', async (request, reply) => {
    await sessions.logOut(request, reply)
    return reply.redirect(LOGIN_PATH, 303)
  })
}
