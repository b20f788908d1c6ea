import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Pages } from './render.ts'

/** A form that came after its session had ended. It is kept through the login, so that nothing typed is lost. */
interface Pending {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

const SCHEMA = z.object({
  action: z.string().regex(/^\/admin\/[\w%.~/-]*$/),
  fields: z.record(z.string(), z.string()),
})

export function pendingOf({ url, body }: FastifyRequest): Pending {
  const fields = Object.entries((body ?? {}) as Record<string, unknown>).filter(
    (field): field is [string, string] => typeof field[1] === 'string' && field[0] !== '_csrf',
  )
  return { action: url, fields: Object.fromEntries(fields) }
}

/** As the login form hands it on; undefined for what is none of ours. */
export function readPending(text: string): Pending | undefined {
  try {
    return SCHEMA.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The login, which every answer to somebody unknown leads to; 401. */
export const showLogin = (
  pages: Pages,
  reply: FastifyReply,
  { pending, ...more }: { pending?: Pending | undefined; next?: string; wrong?: boolean },
): FastifyReply =>
  pages.send(
    reply,
    'login',
    { title: 'Sign in', next: '/admin/', ...more, pending: pending && JSON.stringify(pending) },
    401,
  )
