import { isUuid } from '../db/ids.ts'
import { type Delivery, findDelivery, insertResend } from '../db/ledger/deliveries.ts'
import { parseAddress } from './mail/address.ts'
import { type RunContext, RunError } from './run/context.ts'
import { deliverJob } from './run/render.ts'

/**
 * A new delivery of the same bytes, to the same address or to another (SPEC 8). RunError `invalid` for what is no
 * address, `unknown` for no delivery, `conflict` for a statement that has no files.
 */
export async function requestResend(
  context: Pick<RunContext, 'db' | 'queue' | 'clock'>,
  { deliveryId, to, requestedBy }: { deliveryId: string; to?: string | undefined; requestedBy: string },
): Promise<Delivery> {
  const address = to === undefined ? undefined : parseAddress(to)
  if (to !== undefined && address === undefined) {
    throw new RunError(
      'invalid',
      'to',
      `${JSON.stringify(to)} is no mail address; expected one such as name@example.com`,
    )
  }
  const found = isUuid(deliveryId) ? await findDelivery(context.db, deliveryId) : undefined
  if (!found) throw new RunError('unknown', 'id', `delivery ${JSON.stringify(deliveryId)} does not exist`)
  const resend = await insertResend(context.db, { deliveryId, to: address, requestedBy, now: context.clock() })
  if (!resend) throw new RunError('unknown', 'id', `delivery ${JSON.stringify(deliveryId)} does not exist`)
  if (resend.next_attempt_at) {
    await context.queue.add([deliverJob({ account_id: resend.account_id, id: resend.id, due: resend.next_attempt_at })])
  }
  return resend
}
