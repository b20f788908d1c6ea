import type { Database } from '../../../db/connection/client.ts'
import type { Claim } from '../../../db/ledger/deliveries/claims.ts'
import { findDelivery } from '../../../db/ledger/deliveries/lists.ts'
import type { MailInput } from '../../../db/ledger/deliveries/mail-inputs.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import type { Storage } from '../../storage/storage.ts'
import { parseAddress, parseMailbox } from '../../values/address.ts'
import type { MailLedger } from '../ledger.ts'
import { splitFiles } from './attachments.ts'
import { readdress, redate, signMail } from './compose.ts'
import { type MailSettings, type Posting, Unmailable, writeMessage } from './message.ts'
import type { Envelope } from './smtp.ts'

export interface PreparedMail {
  readonly raw: Buffer
  readonly envelope: Envelope
  readonly messageId: string
}

export interface PrepareContext {
  readonly db: Database
  readonly ledger: MailLedger
  readonly storage: Storage
  readonly reports: ReadonlyMap<string, ReportDefinition>
  readonly settings: MailSettings
  readonly clock: () => Date
}

/**
 * The bytes of a claimed delivery, stored before they are sent: those of an earlier attempt that may have arrived; those of
 * one that cannot have, dated and signed anew, for filters fine a date of hours ago; else made. Undefined when the claim is no
 * longer this worker's; `Unmailable` for what never can become a mail.
 */
export async function prepareMail(context: PrepareContext, claim: Claim): Promise<PreparedMail | undefined> {
  const { mailFrom, dkim } = context.settings
  const to = parseAddress(claim.address)
  if (to === undefined) throw new Unmailable('the address is no mail address')
  const envelope = { from: mailFrom.address, to }
  const messageId = claim.message_id ?? `<${claim.id}@${mailFrom.domain}>`
  const stored = claim.mail_sha256 && !claim.mail_removed_at ? await context.storage.get(claim.mail_sha256) : undefined
  if (stored && claim.may_have_arrived) return { raw: stored, envelope, messageId }
  const date = context.clock()
  const unsigned = stored ? redate(stored, date) : await makeMail(context, claim, { to, messageId, date })
  const raw = dkim ? await signMail(unsigned, dkim) : unsigned
  const { sha256 } = await context.storage.put(raw)
  if (!(await context.ledger.save({ claim, messageId, sha256 }))) return undefined
  // Nobody else has these bytes, for they name their delivery; left behind by a process that dies here they do no harm.
  if (stored && claim.mail_sha256 && claim.mail_sha256 !== sha256) await context.storage.remove(claim.mail_sha256)
  return { raw, envelope, messageId }
}

type Heading = Pick<Posting, 'to' | 'messageId' | 'date'>

async function makeMail(context: PrepareContext, claim: Claim, heading: Heading): Promise<Buffer> {
  const input = await context.ledger.input(claim)
  const report = input && context.reports.get(input.report)
  if (!input || !report) throw new Unmailable('its statement says nothing that this version can mail')
  const first = await findFirstMail(context, claim, input)
  if (first) return readdress(first, heading)
  if (input.files.some(({ removed }) => removed)) throw new Unmailable('its files are past their retention')
  return writeMessage(context.settings, report, input, postingOf(claim, input, heading), context.storage.get)
}

/**
 * A resend says the same as the mail it repeats, byte for byte below the header. Not one with links to files, which
 * may have expired by now, and not a copy for somebody else, who must not be able to unsubscribe the partner: those are made anew.
 */
async function findFirstMail({ db, storage }: PrepareContext, claim: Claim, input: MailInput) {
  if (!claim.resend_of || claim.copy || splitFiles(input.files).linked.length > 0) return undefined
  const first = await findDelivery(db, claim.resend_of)
  return first?.mail_sha256 && !first.mail_removed_at ? storage.get(first.mail_sha256) : undefined
}

const postingOf = (claim: Claim, input: MailInput, heading: Heading): Posting => ({
  ...heading,
  deliveryId: claim.id,
  accountId: claim.account_id,
  statementId: claim.statement_id,
  runId: claim.run_id,
  isCopy: claim.copy,
  replyTo: input.reply_to ? parseMailbox(input.reply_to) : undefined,
  madeAt: claim.created_at,
})
