import type { Database } from '../../db/client.ts'
import { type Claim, findDelivery, saveMail } from '../../db/ledger/deliveries.ts'
import { findLetter, type Letter } from '../../db/ledger/letters.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import type { MailBody, Sealed } from '../../templates/statement.ts'
import { linkExpiry, signFileLink } from '../links.ts'
import type { Storage } from '../storage.ts'
import { unsubscribeToken } from '../unsubscribe.ts'
import { parseAddress } from './address.ts'
import { splitFiles } from './attachments.ts'
import { composeMail, type DkimKey, readdress, signMail } from './compose.ts'
import type { Envelope } from './smtp.ts'

export interface MailSettings {
  /** Where links in mails lead, without a slash at the end. */
  readonly publicUrl: string
  readonly mailFrom: { readonly name: string; readonly address: string; readonly domain: string }
  readonly secret: string
  readonly dkim?: DkimKey | undefined
}

export interface PreparedMail {
  readonly raw: Buffer
  readonly envelope: Envelope
  readonly messageId: string
}

export interface PrepareContext {
  readonly db: Database
  readonly storage: Storage
  readonly reports: ReadonlyMap<string, ReportDefinition>
  readonly settings: MailSettings
}

/** What can never become a mail, however often it is tried. */
export class Unmailable extends Error {}

/**
 * The bytes of a claimed delivery: the stored ones where it was tried before, else made, signed and stored before they
 * are sent. Undefined when the claim is no longer this worker's.
 */
export async function prepareMail(context: PrepareContext, claim: Claim): Promise<PreparedMail | undefined> {
  const { mailFrom } = context.settings
  const to = parseAddress(claim.address)
  if (to === undefined) throw new Unmailable('the address is no mail address')
  const envelope = { from: mailFrom.address, to }
  if (claim.mail_sha256 && claim.message_id)
    return { raw: await context.storage.get(claim.mail_sha256), envelope, messageId: claim.message_id }
  const messageId = `<${claim.id}@${mailFrom.domain}>`
  const unsigned = (await resentBytes(context, claim, to, messageId)) ?? (await newBytes(context, claim, to, messageId))
  const raw = context.settings.dkim ? await signMail(unsigned, context.settings.dkim) : unsigned
  const { sha256 } = await context.storage.put(raw)
  return (await saveMail(context.db, claim, { messageId, sha256 })) ? { raw, envelope, messageId } : undefined
}

/** A resend says the same as the mail it repeats, byte for byte below the header (SPEC 8). */
async function resentBytes({ db, storage }: PrepareContext, claim: Claim, to: string, messageId: string) {
  const first = claim.resend_of ? await findDelivery(db, claim.resend_of) : undefined
  if (!first?.mail_sha256) return undefined
  return readdress(await storage.get(first.mail_sha256), { messageId, date: claim.created_at, to })
}

async function newBytes(context: PrepareContext, claim: Claim, to: string, messageId: string): Promise<Buffer> {
  const letter = await findLetter(context.db, claim)
  const report = letter && context.reports.get(letter.report)
  if (!letter || !report) throw new Unmailable('its statement says nothing that this version can mail')
  const statement = JSON.parse(letter.sealed) as Sealed<unknown, unknown>
  const { attached, linked } = splitFiles(letter.files)
  const unsubscribeUrl = unsubscribeLink(context.settings, statement)
  const links = new Map(linked.map((file) => [file, fileLink(context.settings, claim, letter, file.name)]))
  return composeMail({
    id: claim.id,
    messageId,
    date: claim.created_at,
    from: context.settings.mailFrom,
    to: { name: statement.subject.kind === 'partner' ? statement.subject.name : '', address: to },
    replyTo: letter.reply_to ? parseAddress(letter.reply_to) : undefined,
    runId: claim.run_id,
    unsubscribeUrl,
    body: await write(report, statement, letter, { links, unsubscribeUrl }),
    attachments: await Promise.all(
      attached.map(async ({ name, type, sha256 }) => ({ name, type, bytes: await context.storage.get(sha256) })),
    ),
  })
}

async function write(
  report: ReportDefinition,
  statement: Sealed<unknown, unknown>,
  letter: Letter,
  { links, unsubscribeUrl }: { links: ReadonlyMap<unknown, string>; unsubscribeUrl: string | undefined },
): Promise<MailBody> {
  try {
    return await report.template.mail(statement, {
      sha256: letter.sha256,
      locale: letter.locale,
      ...(letter.brand_color && { brandColor: letter.brand_color }),
      ...(unsubscribeUrl && { unsubscribeUrl }),
      files: letter.files.map((file) => {
        const url = links.get(file)
        const { name, size, rows, sha256 } = file
        return { name, size, sha256, ...(rows !== null && { rows }), ...(url && { url }) }
      }),
    })
  } catch (error) {
    throw new Unmailable((error as Error).message, { cause: error })
  }
}

/** Partner reports only: nobody else can be unsubscribed from an account's own report. */
function unsubscribeLink({ publicUrl, secret }: MailSettings, { account, subject, report }: Sealed<unknown, unknown>) {
  if (subject.kind !== 'partner') return undefined
  const token = unsubscribeToken(secret, { accountId: account.account_id, partnerId: subject.partner_id, report })
  return `${publicUrl}/unsubscribe/${token}`
}

function fileLink({ publicUrl, secret }: MailSettings, claim: Claim, letter: Letter, name: string): string {
  const expires = linkExpiry(letter.run_created_at)
  const token = signFileLink(secret, {
    accountId: claim.account_id,
    statementId: claim.statement_id,
    name,
    expires,
  })
  return `${publicUrl}/files/${token}`
}
