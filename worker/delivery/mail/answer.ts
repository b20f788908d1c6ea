import { type Answer, readable } from '../outcome.ts'

/** What nodemailer says of a failure; nothing else of its errors is read. */
export interface SendError {
  readonly message: string
  readonly code?: string | undefined
  readonly originalCode?: string | undefined
  readonly command?: string | undefined
  readonly response?: string | undefined
  readonly responseCode?: number | undefined
}

/** A reply as it is judged: its code, the subject and detail of its enhanced status (RFC 3463), what it answered. */
interface Said {
  readonly error: SendError
  readonly code: number
  /** `1.1` of `5.1.1`; '' where the reply has none. */
  readonly status: string
  readonly reply: string
  readonly command: string
}

/** `ended`: whether the final dot may have been sent. The server's word counts first, the connection's state second. */
export function answerOf(error: SendError, ended: boolean): Answer {
  const reply = readable(error.response ?? error.message)
  const code = error.responseCode ?? 0
  const status = /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})(?!\d)/.exec(reply)?.[1] ?? ''
  const said = { error, code, status, reply, command: ended ? 'DATA' : (error.command ?? '') }
  if (code >= 400 && code < 500) return deferral(said)
  if (code >= 500) return refusal(said)
  if (isSetup(error)) return { kind: 'misconfigured', at: 'anybody', reply }
  if (isOurRefusal(error)) return { kind: 'refused', of: 'message', reply }
  return { kind: ended ? 'unknown' : 'retry', reply }
}

const SETUP = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'ECONFIG'])
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO$/

const isSetup = (error: SendError) => SETUP.has(error.code ?? '') || CERTIFICATE.test(error.originalCode ?? '')

/** Refused on our side before the server was asked: larger than it takes, or no address it could take. */
const isOurRefusal = (error: SendError) =>
  error.response === undefined && (error.code === 'EMESSAGE' || error.code === 'EENVELOPE')

/** Not now. Before a recipient is named that is the same for every mail: the server wants fewer of us. */
function deferral({ code, status, reply, command }: Said): Answer {
  if (isOfSender(status)) return { kind: 'misconfigured', at: placeOf(command), reply }
  if (command === 'RCPT TO') return deferredRecipient(code, status, reply)
  return command === 'DATA' ? { kind: 'retry', reply } : { kind: 'slowed', at: 'anybody', reply }
}

/** 454 4.7.1 is how Postfix says by default that it does not relay for us; 421 hangs up. */
function deferredRecipient(code: number, status: string, reply: string): Answer {
  if (code === 454 && (status === '7.1' || (!status && OURS.test(reply))))
    return { kind: 'misconfigured', at: 'recipient', reply }
  const isRate = /^(7\.|$)/.test(status) && RATE.test(reply)
  return code === 421 || isRate ? { kind: 'slowed', at: 'recipient', reply } : { kind: 'retry', reply }
}

function refusal(said: Said): Answer {
  const { error, code, status, reply, command } = said
  // It says that the session was in the wrong state, which another connection cures; or that nobody has logged in.
  if (code === 503 && !LOGIN.test(reply)) return { kind: 'retry', reply }
  if (isSetup(error)) return { kind: 'misconfigured', at: 'anybody', reply }
  if (status === '2.2') return { kind: 'retry', reply } // a mailbox that is full today
  if (isTooLarge(said) || status === '6.7') return { kind: 'refused', of: 'message', reply }
  if (command === 'RCPT TO') return refusedRecipient(said)
  if (command !== 'DATA') return { kind: 'misconfigured', at: 'anybody', reply }
  const isOurs = status === '4.5' || isOfSender(status) || IDENTITY.test(status)
  return isOurs ? { kind: 'misconfigured', at: 'recipient', reply } : { kind: 'refused', of: 'message', reply }
}

/** 552 is also said of a full mailbox, but only of a recipient. */
const isTooLarge = ({ code, status, command }: Said) =>
  code === 523 || status === '3.4' || status === '2.3' || (code === 552 && !status && command !== 'RCPT TO')

/** No such mailbox, domain or syntax, moved, no mail taken there, mailbox closed: nothing else is said of an address. */
const DEAD = new Set(['1.1', '1.2', '1.3', '1.6', '1.10', '2.1'])

/**
 * Postfix refuses client, HELO, sender and login at RCPT too (`smtpd_delay_reject`): where a recipient was named is not
 * yet where it is the culprit. What has no enhanced status, or OpenSMTPD's 524, may be either.
 */
function refusedRecipient({ code, status, reply }: Said): Answer {
  if (DEAD.has(status)) return { kind: 'refused', of: 'recipient', reply }
  if (status.startsWith('7.') || status === '4.5' || isOfSender(status))
    return { kind: 'misconfigured', at: 'recipient', reply }
  const saysNothing = status === '' || status === '0.0'
  if (saysNothing && (code === 552 || FULL.test(reply))) return { kind: 'retry', reply }
  if (saysNothing && OURS.test(reply)) return { kind: 'misconfigured', at: 'recipient', reply }
  return { kind: 'doubtful', of: status === '' || code === 524 ? 'recipient' : 'message', reply }
}

const isOfSender = (status: string) => status === '1.7' || status === '1.8'
const placeOf = (command: string) => (command === 'RCPT TO' || command === 'DATA' ? 'recipient' : 'anybody')

/** RFC 7372 and its kin: SPF, DKIM, DMARC, reverse DNS of ours. */
const IDENTITY = /^7\.2\d$/
const LOGIN = /\bauth|\blog(ged)? ?(in|on)\b|credentials/i
const RATE = /\brate\b|too (many|much|fast)|throttl|exceed|limit/i
const FULL = /mailbox (is )?full|over ?quota|quota exceeded|exceed\w* .*quota/i
const OURS = new RegExp(
  [
    String.raw`\brelay(ing|ed)?\b|not permitted|access denied|administrative prohibition|\bpolicy\b`,
    String.raw`${LOGIN.source}|not allowed to send|your (ip|host|domain|server|message)|\bclient host\b`,
    String.raw`\bsender\b|\b(e?helo|spf|dkim|dmarc|dnsbl|rbl|ptr|rdns)\b|reverse dns|reputation`,
    String.raw`(black|block|deny)[- ]?list|\bblocked\b|\blisted (at|in|by|on)\b|spamhaus|spamcop`,
    RATE.source,
  ].join('|'),
  'i',
)
