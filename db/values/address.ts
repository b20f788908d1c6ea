import { domainToASCII } from 'node:url'

/**
 * The one check of a mail address, for all that is sent: `local@domain` and nothing else. No quotes, comments, spaces,
 * controls, angle brackets or separators, for a mailer reads those as more than one address. The domain comes back in
 * lower case, as ASCII (IDNA); a local part outside ASCII needs a server with SMTPUTF8. Undefined for anything else.
 */
export function parseAddress(text: string): string | undefined {
  const parts = /^([^@]+)@([^@]+)$/u.exec(text.trim())
  const local = parts?.[1] ?? ''
  const domain = asciiDomain(parts?.[2] ?? '')
  if (!LOCAL.test(local) || Buffer.byteLength(local) > 64 || domain === undefined) return undefined
  const address = `${local}@${domain}`
  return Buffer.byteLength(address) <= 254 ? address : undefined
}

// RFC 5322 dot-atom, with letters, digits and marks of every script (RFC 6531).
const ATOM = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+"
const LOCAL = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, 'u')
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

function asciiDomain(text: string): string | undefined {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return undefined
  const domain = domainToASCII(text)
  const labels = domain.split('.')
  if (domain === 'localhost') return domain
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? ''))
    return undefined
  return domain
}

/** A mail address under a name, which may be empty. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** `a@b`, `Name <a@b>` or `"Name, Inc." <a@b>`; undefined for anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const parts = MAILBOX.exec(text.trim())
  const address = parseAddress(parts?.[2] ?? parts?.[4] ?? parts?.[5] ?? '')
  return address === undefined ? undefined : { name: parts?.[1] ?? parts?.[3] ?? '', address }
}

const MAILBOX = /^(?:"([^"\\\p{Cc}]*)"\s*<([^<>]+)>|([^<>"\p{Cc}]*?)\s*<([^<>]+)>|([^<>\s]+))$/u
