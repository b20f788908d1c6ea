import type { Database } from '../../db/client.ts'
import { type Claim, findDelivery } from '../../db/ledger/deliveries.ts'
import type { Letter } from '../../db/ledger/letters.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import type { Storage } from '../storage.ts'
import { parseAddress, parseMailbox } from './address.ts'
import { splitFiles } from './attachments.ts'
import { readdress, signMail } from './compose.ts'
import type { MailLedger } from './ledger.ts'
import { type MailSettings, type Posting, Unmailable, writeLetter } from './letter.ts'
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
}

/**
 * The bytes of a claimed delivery: the stored ones where it was tried before, else made, signed and stored before they
 * are sent. Undefined when the claim is no longer this worker's; `Unmailable` for what never can become a mail.
 */
export async function prepareMail(context: PrepareContext, claim: Claim): Promise<PreparedMail | undefined> {
  const { mailFrom, dkim } = context.settings
  const to = parseAddress(claim.address)
  if (to === undefined) throw new Unmailable('the address is no mail address')
  const envelope = { from: mailFrom.address, to }
  if (claim.mail_sha256 && claim.message_id && !claim.mail_removed_at)
    return { raw: await context.storage.get(claim.mail_sha256), envelope, messageId: claim.message_id }
  const messageId = claim.message_id ?? `<${claim.id}@${mailFrom.domain}>`
  const unsigned = await makeMail(context, claim, to, messageId)
  const raw = dkim ? await signMail(unsigned, dkim) : unsigned
  const { sha256 } = await context.storage.put(raw)
  return (await context.ledger.save({ claim, messageId, sha256 })) ? { raw, envelope, messageId } : undefined
}

async function makeMail(context: PrepareContext, claim: Claim, to: string, messageId: string): Promise<Buffer> {
  const letter = await context.ledger.letter(claim)
  const report = letter && context.reports.get(letter.report)
  if (!letter || !report) throw new Unmailable('its statement says nothing that this version can mail')
  const first = await findFirstMail(context, claim, letter)
  if (first) return readdress(first, { messageId, date: claim.created_at, to })
  if (letter.files.some(({ removed }) => removed)) throw new Unmailable('its files are past their retention')
  const posting = postingOf(claim, letter, to, messageId)
  return writeLetter(context.settings, report, letter, posting, context.storage.get)
}

/**
 * A resend says the same as the mail it repeats, byte for byte below the header (SPEC 8). Not one with links to files:
 * those may have expired by now, so it is made anew.
 */
async function findFirstMail({ db, storage }: PrepareContext, claim: Claim, letter: Letter) {
  if (!claim.resend_of || splitFiles(letter.files).linked.length > 0) return undefined
  const first = await findDelivery(db, claim.resend_of)
  return first?.mail_sha256 && !first.mail_removed_at ? storage.get(first.mail_sha256) : undefined
}

const postingOf = (claim: Claim, letter: Letter, to: string, messageId: string): Posting => ({
  deliveryId: claim.id,
  accountId: claim.account_id,
  statementId: claim.statement_id,
  runId: claim.run_id,
  messageId,
  to,
  replyTo: letter.reply_to ? parseMailbox(letter.reply_to) : undefined,
  date: claim.created_at,
})
