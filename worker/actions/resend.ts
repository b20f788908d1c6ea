import { insertAudit } from '../../db/access/audit.ts'
import type { Delivery } from '../../db/ledger/deliveries/delivery.ts'
import { findDelivery } from '../../db/ledger/deliveries/lists.ts'
import { insertResend } from '../../db/ledger/deliveries/requests.ts'
import { findRun } from '../../db/ledger/runs/runs.ts'
import { isUuid } from '../../db/values/ids.ts'
import type { RunContext } from '../run/context.ts'
import { findPresent } from '../run/recipients.ts'
import { deliverJob } from '../run/render.ts'
import { parseAddress } from '../values/address.ts'
import { Refused } from '../values/refused.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * A new delivery of the same statement, to the same address or to another: to the subject the same bytes, to
 * somebody else a copy. Refused `invalid` for what is no address, `unknown` for no delivery.
 */
export async function insertRequestedResend(
  context: Pick<RunContext, 'db' | 'queue' | 'clock'>,
  { deliveryId, to, requestedBy }: { deliveryId: string; to?: string | undefined; requestedBy: string },
): Promise<Delivery> {
  const address = to === undefined ? undefined : parseAddress(to)
  if (to !== undefined && address === undefined) {
    throw new Refused(
      'invalid',
      'to',
      `${JSON.stringify(to)} is no mail address; expected one such as name@example.com`,
    )
  }
  const found = isUuid(deliveryId) ? await findDelivery(context.db, deliveryId) : undefined
  if (!found) throw new Refused('unknown', 'id', `delivery ${JSON.stringify(deliveryId)} does not exist`)
  const copy = address !== undefined && !(await isTheirs(context.db, found, address))
  const resend = await insertResend(context.db, { deliveryId, to: address, copy, requestedBy, now: context.clock() })
  if (!resend) throw new Refused('unknown', 'id', `delivery ${JSON.stringify(deliveryId)} does not exist`)
  if (resend.next_attempt_at) {
    await context.queue.add([deliverJob({ account_id: resend.account_id, id: resend.id, due: resend.next_attempt_at })])
  }
  return resend
}

/** Whether an address is the subject's own: the one it was mailed at, or the one of today. */
async function isTheirs(db: RunContext['db'], delivery: Delivery, address: string): Promise<boolean> {
  const same = (other: string) => other.toLowerCase() === address.toLowerCase()
  if (!delivery.copy && same(delivery.address)) return true
  const run = await findRun(db, delivery.run_id)
  const present = run && (await findPresent(db, run))
  return present?.({ kind: delivery.subject_kind, id: delivery.subject_id })?.some(same) ?? false
}

/** The same bytes as a new delivery. Errors are requestResend's. */
export async function requestResend(
  inside: UnitOfWork,
  wanted: { readonly deliveryId: string; readonly to?: string | undefined; readonly requestedBy: string },
): Promise<Delivery> {
  const delivery = await insertRequestedResend(inside, wanted)
  const { id, run_id: run, account_id: accountId } = delivery
  await insertAudit(inside.db, {
    at: inside.clock(),
    actor: wanted.requestedBy,
    action: 'delivery.resend',
    target: wanted.deliveryId,
    accountId,
    after: { delivery: id, to: delivery.address },
  })
  inside.log.info({ run, delivery: id, resends: wanted.deliveryId }, 'a resend was asked for')
  return delivery
}
