import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** Where a person last sent a statement to have a look, kept in their browser for the next time. */
export const ME = 'bursar_me'

/** What the forms of a statement begin with: a key, so that a double click is one mail, and the person's own address. */
export const newResend = (request: FastifyRequest) => ({ key: randomUUID(), to: request.cookies[ME] ?? '' })
