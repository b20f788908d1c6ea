import type { Readable } from 'node:stream'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import type MimeNode from 'nodemailer/lib/mime-node'
import { oneLine } from '../../../templates/mail/one-line.ts'
import { short } from '../../../templates/short.ts'
import type { MailBody } from '../../../templates/statement.ts'
import type { Mailbox } from '../../values/address.ts'
import { assembleMail } from './mime.ts'

/** All that a mail says, in its own words; nothing is taken from the clock or made up. */
export interface Mail {
  readonly id: string
  readonly messageId: string
  readonly date: Date
  readonly from: Mailbox
  readonly to: Mailbox
  readonly replyTo?: Mailbox | undefined
  readonly runId: string
  readonly unsubscribeUrl?: string | undefined
  readonly body: MailBody
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: Buffer }[]
}

/** The mail as it is sent (docs/definitions.md, Mails). The same mail gives the same bytes, so that a repeat is a repeat. */
export const composeMail = (mail: Mail): Buffer => assembleMail(draftMail(mail))

/** The same before it is bytes. */
export function draftMail(mail: Mail): MimeNode {
  const composer = new MailComposer({
    from: clean(mail.from),
    to: clean(mail.to),
    ...(mail.replyTo && { replyTo: clean(mail.replyTo) }),
    subject: oneLine(mail.body.subject),
    date: mail.date,
    messageId: mail.messageId,
    headers: headersOf(mail),
    text: mail.body.text,
    html: mail.body.html,
    attachments: mail.attachments.map(({ name, type, bytes }) => ({
      filename: name,
      contentType: type,
      content: bytes,
    })),
    newline: 'windows', // what is stored is then what travels, to the byte
    baseBoundary: mail.id,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile()
}

export interface DkimKey {
  readonly domain: string
  readonly selector: string
  /** PEM. */
  readonly key: string
}

/** RFC 8058 wants the unsubscribe headers signed too; nodemailer's own list leaves one of them out. */
const SIGNED =
  'from:to:reply-to:subject:date:message-id:mime-version:content-type:list-unsubscribe:list-unsubscribe-post:auto-submitted:x-bursar-run'

/** Throws when the key cannot sign: a mail that should be signed does not leave unsigned. */
export async function signMail(raw: Buffer, { domain, selector, key }: DkimKey): Promise<Buffer> {
  const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey: key, headerFieldNames: SIGNED })
  const signed = await collect(signer.sign(raw))
  if (!signed.subarray(0, 15).toString('latin1').startsWith('DKIM-Signature:'))
    throw new Error(`the DKIM key of ${selector}._domainkey.${domain} cannot sign; expected an RSA private key`)
  return signed
}

/** The same mail under another name: only To, Message-ID and Date differ; it has to be signed again. */
export const readdress = (raw: Buffer, mail: { messageId: string; date: Date; to: string }): Buffer =>
  withFields(raw, {
    to: `To: ${Buffer.from(mail.to).toString('latin1')}`,
    'message-id': `Message-ID: ${mail.messageId}`,
    date: `Date: ${rfc5322(mail.date)}`,
  })

/** The same mail, sent later; it has to be signed again. */
export const redate = (raw: Buffer, date: Date): Buffer => withFields(raw, { date: `Date: ${rfc5322(date)}` })

/** Other fields in the place of those of the same name; without a signature. */
function withFields(raw: Buffer, fields: Readonly<Record<string, string>>): Buffer {
  const end = raw.indexOf('\r\n\r\n')
  const head = raw
    .subarray(0, end)
    .toString('latin1')
    .split(/\r\n(?![ \t])/)
    .filter((field) => !/^dkim-signature:/i.test(field))
    .map((field) => fields[field.slice(0, field.indexOf(':')).toLowerCase()] ?? field)
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), raw.subarray(end)])
}

function headersOf(mail: Mail) {
  const asIs = (value: string) => ({ prepared: true, value })
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Bursar-Run': mail.runId,
    ...(mail.unsubscribeUrl && {
      'List-Unsubscribe': asIs(`<${mail.unsubscribeUrl}>`),
      'List-Unsubscribe-Post': asIs('List-Unsubscribe=One-Click'),
    }),
  }
}

const clean = ({ name, address }: Mailbox) => ({ name: short(oneLine(name)), address })
const rfc5322 = (date: Date) => date.toUTCString().replace('GMT', '+0000')

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
