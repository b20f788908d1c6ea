/**
 * What became of one attempt (SPEC 6.6). `refused`: for good, `recipient` told that the address is, `message` that this
 * mail is. `unknown`: lost after the final dot. `misconfigured`: no mail of ours can pass as things are set up.
 */
export type MailOutcome =
  | { readonly kind: 'sent'; readonly reply: string }
  | { readonly kind: 'retry'; readonly reply: string }
  | { readonly kind: 'refused'; readonly of: 'recipient' | 'message'; readonly reply: string }
  | { readonly kind: 'unknown'; readonly reply: string }
  | { readonly kind: 'misconfigured'; readonly reply: string }

/** What nodemailer says of a failure; nothing else of its errors is read. */
export interface SendError {
  readonly message: string
  readonly code?: string | undefined
  readonly originalCode?: string | undefined
  readonly command?: string | undefined
  readonly response?: string | undefined
  readonly responseCode?: number | undefined
}

/** `ended`: whether the final dot may have been sent. The server's word counts first, the connection's state second. */
export function outcomeOf(error: SendError, ended: boolean): MailOutcome {
  const reply = readable(error.response ?? error.message)
  const code = error.responseCode ?? 0
  if (isTemporary(code)) return { kind: 'retry', reply }
  if (isSetup(error, code)) return { kind: 'misconfigured', reply }
  if (code >= 500) return { ...refusal(error.command, code, ended), reply }
  if (isOurRefusal(error)) return { kind: 'refused', of: 'message', reply }
  return ended ? { kind: 'unknown', reply } : { kind: 'retry', reply }
}

/** One line without control characters, short enough for a list. */
export function readable(reply: string): string {
  return reply
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}

// 503 says that the session was in the wrong state, which another connection cures.
const isTemporary = (code: number) => (code >= 400 && code < 500) || code === 503

const SETUP = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'ECONFIG'])
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO$/
const LOGIN_FIRST = new Set([530, 534, 535, 538])
const TOO_LARGE = new Set([523, 552])

const isSetup = (error: SendError, code: number) =>
  SETUP.has(error.code ?? '') || CERTIFICATE.test(error.originalCode ?? '') || LOGIN_FIRST.has(code)

/** Greeting, EHLO and sender are the same for every mail: who refuses those refuses us, not this mail. */
function refusal(command: string | undefined, code: number, ended: boolean) {
  if (command === 'RCPT TO') return { kind: 'refused', of: 'recipient' } as const
  if (command === 'DATA' || ended || TOO_LARGE.has(code)) return { kind: 'refused', of: 'message' } as const
  return { kind: 'misconfigured' } as const
}

/** Refused on our side before the server was asked: larger than it takes, or no address it could take. */
const isOurRefusal = (error: SendError) =>
  error.response === undefined && (error.code === 'EMESSAGE' || error.code === 'EENVELOPE')
