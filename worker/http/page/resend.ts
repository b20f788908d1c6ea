import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Delivery } from '../../../db/ledger/deliveries/claims.ts'
import { RunError } from '../../run/context.ts'
import { resend } from '../admin/deliveries.ts'
import { findStatementOrThrow } from '../admin/statements.ts'
import { HttpProblem } from '../shared/problem.ts'
import { findDeliveryOrThrow } from './documents.ts'
import { fieldOf, linkTo, optionOf } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { Surroundings } from './index.ts'
import { statementView } from './statement.ts'

/** Where a person last sent a statement to have a look, kept in their browser for the next time. */
const ME = 'bursar_me'
const YEAR_S = 365 * 24 * 3600

/** What the forms of a statement begin with: a key, so that a double click is one mail, and the person's own address. */
export const newResend = (request: FastifyRequest) => ({ key: randomUUID(), to: request.cookies[ME] ?? '' })

/** `POST /admin/deliveries/:id/resend`: the same bytes again, to the same address or to the one that was typed. */
export function registerResend(app: FastifyInstance, parts: Surroundings): void {
  const { base, pages } = parts
  app.post<{ Params: { id: string } }>('/admin/deliveries/:id/resend', async (request, reply) => {
    const delivery = await findDeliveryOrThrow(base.client.db, request.params.id)
    const elsewhere = fieldOf(request.body, 'whom') === 'me'
    const to = fieldOf(request.body, 'to')
    try {
      const made = await resendOnce(parts, request, delivery, elsewhere ? to : undefined)
      if (elsewhere) remember(reply, to, base.config.publicUrl)
      const path = linkTo(`/admin/statements/${delivery.statement_id}`, { done: 'resent' })
      return reply.redirect(`${path}#delivery-${made}`, 303)
    } catch (error) {
      if (!(error instanceof RunError) || error.field !== 'to') throw error
      const statement = await findStatementOrThrow(base.client.db, delivery.statement_id)
      const again = { ...newResend(request), to, wrong: error.message }
      return pages.send(reply, 'statement', await statementView(parts, statement, again), 400)
    }
  })
}

/** The new delivery's id; of a double click the first one's. */
async function resendOnce(
  { works }: Surroundings,
  request: FastifyRequest,
  delivery: Delivery,
  to: string | undefined,
): Promise<string> {
  const { key: who } = sessionOrThrow(request)
  const key = optionOf(request.body, 'key')
  if (!key || key.length > 255) throw new HttpProblem(400, 'The form is not complete. Load the statement again.')
  const once = { scope: `page:${who.id}:resend`, key, requestHash: `${delivery.id} ${to ?? ''}` }
  const wanted = { deliveryId: delivery.id, to, requestedBy: who.label }
  return (await resend(works.context, wanted, once)).answer.id
}

function remember(reply: FastifyReply, address: string, publicUrl: string): void {
  const secure = publicUrl.startsWith('https:')
  reply.setCookie(ME, address, { path: '/admin', httpOnly: true, sameSite: 'strict', secure, maxAge: YEAR_S })
}
