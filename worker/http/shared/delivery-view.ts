import { z } from 'zod'
import type { Delivery } from '../../../db/ledger/deliveries/delivery.ts'

export const deliveryShape = z
  .object({
    id: z.string(),
    to: z.string(),
    status: z.string(),
    attempts: z.int(),
    message_id: z.string().nullable(),
    reply: z.string().nullable(),
    sent_at: z.string().nullable(),
    created_at: z.string(),
    next_attempt_at: z.string().nullable(),
    account_id: z.int(),
    run_id: z.string(),
    statement_id: z.string(),
    subject: z.object({ kind: z.string(), id: z.string() }),
    resend_of: z.string().nullable(),
    replaced_by: z
      .string()
      .nullable()
      .meta({ description: 'The delivery that took its place: to the address of today, or sent after all.' }),
    requested_by: z.string().nullable(),
  })
  .meta({ description: 'One statement to one address.' })

/** A delivery as HTTP shows it; instants are ISO 8601. */
export type DeliveryView = z.output<typeof deliveryShape>

export function deliveryView(delivery: Delivery): DeliveryView {
  const { id, address, status, attempts, message_id, reply, account_id, run_id, statement_id } = delivery
  return {
    id,
    to: address,
    status,
    attempts,
    message_id,
    reply,
    sent_at: iso(delivery.sent_at),
    created_at: delivery.created_at.toISOString(),
    next_attempt_at: iso(delivery.next_attempt_at),
    account_id,
    run_id,
    statement_id,
    subject: { kind: delivery.subject_kind, id: delivery.subject_id },
    resend_of: delivery.resend_of,
    replaced_by: delivery.replaced_by,
    requested_by: delivery.requested_by,
  }
}

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null
