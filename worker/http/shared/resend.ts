import { requestResend } from '../../actions/resend.ts'
import type { RunContext } from '../../run/context.ts'
import { type DeliveryView, deliveryView } from './delivery-view.ts'
import { type Idempotency, onceInUnitOfWork } from './once.ts'

/** The same bytes as a new delivery, and who asked for it. Errors are requestResend's and onceInOneGo's. */
export function resend(
  context: RunContext,
  wanted: { readonly deliveryId: string; readonly to?: string | undefined; readonly requestedBy: string },
  idempotency?: Idempotency,
): Promise<{ answer: DeliveryView; replayed: boolean }> {
  return onceInUnitOfWork(context, idempotency, async (inside) => deliveryView(await requestResend(inside, wanted)))
}
