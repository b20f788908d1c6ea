import type { LetterFile, MailInput } from '../../../db/ledger/deliveries/mail-inputs.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import type { MailBody, Sealed } from '../../../templates/statement.ts'
import type { Mailbox } from '../../values/address.ts'
import { splitFiles } from './attachments.ts'
import { composeMail, type DkimKey } from './compose.ts'
import { linkExpiry, signFileLink } from './links.ts'
import { unsubscribeToken } from './unsubscribe.ts'

export interface MailSettings {
  /** Where links in mails lead, without a slash at the end. */
  readonly publicUrl: string
  readonly mailFrom: { readonly name: string; readonly address: string; readonly domain: string }
  readonly secret: string
  readonly dkim?: DkimKey | undefined
}

/** One mail to one address. */
export interface Posting {
  readonly deliveryId: string
  readonly accountId: number
  readonly statementId: string
  readonly runId: string
  readonly messageId: string
  /** A checked address. */
  readonly to: string
  readonly replyTo: Mailbox | undefined
  /** For somebody else than the statement's subject, who gets no name and no unsubscribe link of the subject's. */
  readonly isCopy: boolean
  /** When the delivery was made: links count from then. */
  readonly madeAt: Date
  /** When it is sent. */
  readonly date: Date
}

/** What can never become a mail, however often it is tried. */
export class Unmailable extends Error {}

/** The mail of a sealed statement, not yet signed; `read` gives a stored file's bytes. */
export async function writeMessage(
  settings: MailSettings,
  report: ReportDefinition,
  input: MailInput,
  posting: Posting,
  read: (sha256: string) => Promise<Buffer>,
): Promise<Buffer> {
  const statement = JSON.parse(input.sealed) as Sealed<unknown, unknown>
  const { attached, linked } = splitFiles(input.files)
  const links = new Map(linked.map((file) => [file, fileLink(settings, posting, file.name)]))
  const unsubscribeUrl = posting.isCopy ? undefined : unsubscribeLink(settings, statement)
  const isPartners = statement.subject.kind === 'partner' && !posting.isCopy
  return composeMail({
    id: posting.deliveryId,
    messageId: posting.messageId,
    date: posting.date,
    from: settings.mailFrom,
    to: { name: isPartners ? statement.subject.name : '', address: posting.to },
    replyTo: posting.replyTo,
    runId: posting.runId,
    unsubscribeUrl,
    body: await bodyOf(report, statement, input, { links, unsubscribeUrl }),
    attachments: await Promise.all(
      attached.map(async ({ name, type, sha256 }) => ({ name, type, bytes: await read(sha256) })),
    ),
  })
}

interface Surroundings {
  readonly links: ReadonlyMap<LetterFile, string>
  readonly unsubscribeUrl: string | undefined
}

async function bodyOf(
  report: ReportDefinition,
  statement: Sealed<unknown, unknown>,
  input: MailInput,
  { links, unsubscribeUrl }: Surroundings,
): Promise<MailBody> {
  try {
    return await report.template.mail(statement, {
      sha256: input.sha256,
      locale: input.locale,
      ...(input.brand_color && { brandColor: input.brand_color }),
      ...(unsubscribeUrl && { unsubscribeUrl }),
      files: input.files.map((file) => shown(file, links.get(file))),
    })
  } catch (error) {
    throw new Unmailable((error as Error).message, { cause: error })
  }
}

const shown = ({ name, size, rows, sha256 }: LetterFile, url: string | undefined) => ({
  name,
  size,
  sha256,
  ...(rows !== null && { rows }),
  ...(url && { url }),
})

/** Partner reports only: nobody else can be unsubscribed from an account's own report. */
function unsubscribeLink({ publicUrl, secret }: MailSettings, { account, subject, report }: Sealed<unknown, unknown>) {
  if (subject.kind !== 'partner') return undefined
  const token = unsubscribeToken(secret, { accountId: account.account_id, partnerId: subject.partner_id, report })
  return `${publicUrl}/unsubscribe/${token}`
}

function fileLink(
  { publicUrl, secret }: MailSettings,
  { accountId, statementId, madeAt }: Posting,
  name: string,
): string {
  const token = signFileLink(secret, { accountId, statementId, name, expires: linkExpiry(madeAt) })
  return `${publicUrl}/files/${token}`
}
