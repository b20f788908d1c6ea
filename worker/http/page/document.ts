import type { FastifyReply } from 'fastify'

/** A mail is shown as it is, but nothing of it runs, is fetched, sent or leaves its frame. */
const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

/** Only who may frame it: viewers of the browser bring their own style. */
const FILE_POLICY = "frame-ancestors 'self'"

interface Named {
  readonly name: string
  readonly type: string
}

export const isPdf = ({ type }: Pick<Named, 'type'>): boolean => type === 'application/pdf'

/** Our own pages may frame it. */
export const allowFraming = (reply: FastifyReply, file: Pick<Named, 'type'>): FastifyReply =>
  reply
    .header('content-security-policy', isPdf(file) ? FILE_POLICY : MAIL_POLICY)
    .header('x-frame-options', 'SAMEORIGIN')

/** Bytes for the browser: a PDF to be shown, everything else to be saved. */
export function sendDocument(reply: FastifyReply, file: Named, bytes: Uint8Array): FastifyReply {
  const disposition = isPdf(file) ? 'inline' : 'attachment'
  return allowFraming(reply, file)
    .header('content-type', file.type)
    .header('content-disposition', `${disposition}; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    .send(bytes)
}

/** The HTML part of a mail, else its text. */
export function sendMailPage(
  reply: FastifyReply,
  { html, text }: { readonly html?: string | undefined; readonly text?: string | undefined },
): FastifyReply {
  return allowFraming(reply, { type: 'message/rfc822' })
    .type(html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8')
    .send(html || text || '')
}
