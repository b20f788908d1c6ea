import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Delivery } from '../../../db/ledger/deliveries/delivery.ts'
import { Refused } from '../../values/refused.ts'
import { findDeliveryOrThrow, findStatementOrThrow } from '../shared/find.ts'
import { HttpProblem } from '../shared/problem.ts'
import { resend } from '../shared/resend.ts'
import { fieldOf, linkTo, optionOf } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'
import { ME, newResend } from './resend-form.ts'
import { statementView } from './statement.ts'

const YEAR_S = 365 * 24 * 3600

/** `POST /admin/deliveries/:id/resend`: the same bytes again, to the same address or to the one that was typed. */
export function registerResend(app: FastifyInstance, parts: PageContext): void {
  const { connections, pages } = parts
  app.post<{ Params: { id: string } }>('/admin/deliveries/:id/resend', async (request, reply) => {
    const delivery = await findDeliveryOrThrow(connections.client.db, request.params.id)
    const elsewhere = fieldOf(request.body, 'whom') === 'me'
    const to = fieldOf(request.body, 'to')
    try {
      const made = await resendOnce(parts, request, delivery, elsewhere ? to : undefined)
      if (elsewhere) remember(reply, to, connections.config.publicUrl)
      const path = linkTo(`/admin/statements/${delivery.statement_id}`, { done: 'resent' })
      return reply.redirect(`${path}#delivery-${made}`, 303)
    } catch (error) {
      if (!(error instanceof Refused) || error.field !== 'to') throw error
      const statement = await findStatementOrThrow(connections.client.db, delivery.statement_id)
      const again = { ...newResend(request), to, wrong: error.message }
      return pages.send(reply, 'statement', await statementView(parts, statement, again), 400)
    }
  })
}

/** The new delivery's id; of a double click the first one's. */
async function resendOnce(
  { runtime }: PageContext,
  request: FastifyRequest,
  delivery: Delivery,
  to: string | undefined,
): Promise<string> {
  const { key: who } = sessionOrThrow(request)
  const key = optionOf(request.body, 'key')
  if (!key || key.length > 255) throw new HttpProblem(400, 'The form is not complete. Load the statement again.')
  const once = { scope: `page:${who.id}:resend`, key, requestHash: `${delivery.id} ${to ?? ''}` }
  const wanted = { deliveryId: delivery.id, to, requestedBy: who.label }
  return (await resend(runtime.context, wanted, once)).answer.id
}

function remember(reply: FastifyReply, address: string, publicUrl: string): void {
  const secure = publicUrl.startsWith('https:')
  reply.setCookie(ME, address, { path: '/admin', httpOnly: true, sameSite: 'strict', secure, maxAge: YEAR_S })
}
