import type { Logger } from 'pino'
import type { Database } from '../../db/connection/client.ts'
import { mayPass } from '../../db/connection/outage.ts'
import type { Claim } from '../../db/ledger/deliveries/claims.ts'
import { isHeld } from '../../db/ledger/deliveries/lost-claims.ts'
import type { Settlement, Standing } from '../../db/ledger/deliveries/settlements.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import { retryOutages } from '../flow/retry.ts'
import type { Storage } from '../storage/storage.ts'
import { settlementOf } from './backoff.ts'
import type { InFlight } from './in-flight.ts'
import type { MailLedger } from './ledger.ts'
import type { Mailer } from './mail/mailer.ts'
import { type MailSettings, Unmailable } from './mail/message.ts'
import { type PreparedMail, prepareMail } from './mail/prepare.ts'
import type { MailOutcome } from './outcome.ts'

/** What sending one mail needs. */
export interface DeliverContext {
  readonly db: Database
  readonly ledger: MailLedger
  readonly storage: Storage
  readonly mailer: Mailer
  readonly reports: ReadonlyMap<string, ReportDefinition>
  readonly settings: MailSettings
  /** Of the row in `workers` that says this process lives. */
  readonly workerId: string
  readonly inFlight: InFlight
  /** False where this process must send nothing any more (worker/runtime/standing.ts). */
  readonly mayWork: () => Promise<boolean>
  readonly clock: () => Date
  readonly log: Logger
}

/** `settled`: closed for good, a delivery of that run. `retryAt`: to be looked at again then. `nothing`: not ours, or not open any more. */
export type Delivered =
  | { readonly settled: true; readonly runId: string }
  | { readonly retryAt: Date }
  | { readonly nothing: true }

/**
 * One delivery: claim, send, settle (docs/definitions.md, Guarantees). May be called any number of times, by any number of workers: one has the
 * claim, and it sends once. Throws only when the database is away before anything is sent, or still is when the process
 * ends; the ledger then still says what is open.
 */
export async function deliver(
  context: DeliverContext,
  key: { accountId: number; deliveryId: string },
): Promise<Delivered> {
  const end = await context.mailer.flights.take()
  try {
    await context.mailer.turn()
    const paused = context.mailer.pausedUntil()
    if (paused) return { retryAt: paused }
    return await context.inFlight.during(key.deliveryId, () => claimAndSend(context, key))
  } finally {
    end()
  }
}

async function claimAndSend(
  context: DeliverContext,
  { accountId, deliveryId }: { accountId: number; deliveryId: string },
): Promise<Delivered> {
  const { workerId } = context
  if (!(await context.mayWork())) return { nothing: true }
  const began = performance.now()
  const claim = await context.ledger.claim({ accountId, id: deliveryId, workerId, now: context.clock() })
  if (!claim) return { nothing: true }
  const prepared = await prepare(context, claim)
  if (!prepared) return { nothing: true }
  if (!('raw' in prepared)) return settle(context, claim, prepared)
  if (!(await mayLeave(context, claim, began))) return { nothing: true }
  return settle(context, claim, await send(context, claim, prepared))
}

/** Undefined when the claim is no longer ours. A settlement: there is nothing to send. */
async function prepare(context: DeliverContext, claim: Claim): Promise<PreparedMail | Settlement | undefined> {
  if (claim.suppressed_by !== null)
    return { status: 'suppressed', outcome: 'suppressed', reply: claim.suppressed_by, nextAttemptAt: null }
  if (claim.unsubscribed) return unsubscribed(claim)
  return prepareMail(context, claim).catch((error: Error) => notPrepared(context, claim, error))
}

const LONG_MS = 10_000

/** A process that was frozen between the claim and here may have been taken for dead, and another send the mail. */
async function mayLeave({ db, mayWork }: DeliverContext, claim: Claim, began: number): Promise<boolean> {
  if (performance.now() - began < LONG_MS) return true
  return (await mayWork()) && isHeld(db, claim)
}

/** At once means also what was sealed before and has not left yet; what may have arrived is not called unsent. */
const unsubscribed = ({ unknowns }: Claim): Settlement => ({
  status: unknowns > 0 ? 'unknown' : 'cancelled',
  outcome: 'unsubscribed',
  reply: 'not sent: the partner has unsubscribed from this report',
  nextAttemptAt: null,
})

async function send({ mailer, clock }: DeliverContext, claim: Claim, mail: PreparedMail): Promise<Settlement> {
  const outcome = await mailer.send(mail.raw, mail.envelope, mail.messageId)
  return settlementOf(claim, outcome, clock())
}

/** Nothing was sent: what cannot become a mail is refused for good, everything else (files away) is tried again. */
function notPrepared({ clock, log }: DeliverContext, claim: Claim, error: Error): Settlement {
  log.error({ delivery: claim.id, err: error }, 'a mail could not be made')
  const reply = `not sent: ${error.message}`
  const outcome: MailOutcome =
    error instanceof Unmailable ? { kind: 'refused', of: 'message', reply } : { kind: 'retry', reply }
  return settlementOf(claim, outcome, clock())
}

/** The mail is out: as long as this process lives it does not let go of the outcome because the database is away. */
async function settle(context: DeliverContext, claim: Claim, settlement: Settlement): Promise<Delivered> {
  const { ledger, mailer, clock, log } = context
  const now = clock()
  const stands = await retryOutages(() => ledger.settle({ claim, settlement, now }), {
    isOutage: mayPass,
    onOutage: (err) =>
      log.warn({ delivery: claim.id, err }, 'the database is away; the outcome of a mail waits for it'),
    over: mailer.over,
  })
  return tell(context, claim, stands)
}

function tell({ log }: DeliverContext, claim: Claim, stands: Standing | undefined): Delivered {
  if (!stands) {
    log.warn({ delivery: claim.id }, 'the claim was taken over while its mail was being sent')
    return { nothing: true }
  }
  log.debug({ delivery: claim.id, attempt: claim.attempts, status: stands.status }, 'an attempt ended')
  return stands.next_attempt_at ? { retryAt: stands.next_attempt_at } : { settled: true, runId: claim.run_id }
}
