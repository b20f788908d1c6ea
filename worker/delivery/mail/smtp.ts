import SMTPPool from 'nodemailer/lib/smtp-pool'
import { type Answer, readable } from '../outcome.ts'
import { answerOf, type SendError } from './answer.ts'
import { Body } from './body.ts'
import { type Outgoing, offersUtf8 } from './smtp-utf8.ts'

/** One sender, one recipient: what the server is told, whatever the mail's own headers say. */
export interface Envelope {
  readonly from: string
  readonly to: string
}

/** A way out for mails. What the server answers is a value; it never throws. */
export interface Transport {
  readonly send: (raw: Buffer, envelope: Envelope, messageId: string) => Promise<Answer>
  /** Takes no new mail and waits for those being sent, at most `graceMs`; then hangs up on them. */
  readonly close: (graceMs: number) => Promise<void>
}

/** RFC 5321 4.5.3.2: ten minutes for the answer to the final dot, or the server may deliver what we give up on. */
const TIMEOUTS = { connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: 600_000, dnsTimeout: 30_000 }

/** A server that trickles its words never times out; no mail holds a connection longer than this. */
const LONGEST_SEND_MS = 20 * 60_000

/** `url` as nodemailer reads it: smtp:// or smtps://, options in its query; `timeouts` in milliseconds. */
export function openSmtp(url: string, maxConnections: number, timeouts: Partial<typeof TIMEOUTS> = {}): Transport {
  const pool = new SMTPPool({ ...TIMEOUTS, ...timeouts, ...security(url), url, maxConnections, logger: false })
  pool.on('error', () => {}) // each mail gets its own error
  const flying = new Set<Promise<Answer>>()
  const send: Transport['send'] = (raw, envelope, messageId) => {
    const outcome = sendThrough(pool, raw, envelope, messageId).finally(() => flying.delete(outcome))
    flying.add(outcome)
    return outcome
  }
  return { send, close: (graceMs) => closePool(pool, flying, graceMs) }
}

/**
 * Credentials never travel in the clear nor to a server that cannot prove its name, and a server that takes none is not
 * used without. Without credentials TLS is taken where it is offered, as mail servers do among themselves.
 */
function security(url: string) {
  const { username, protocol } = new URL(url)
  if (username) return { requireTLS: true, forceAuth: true }
  return protocol === 'smtps:' ? {} : { opportunisticTLS: true, tls: { rejectUnauthorized: false } }
}

function sendThrough(pool: SMTPPool, raw: Buffer, envelope: Envelope, messageId: string): Promise<Answer> {
  let body = new Body(raw)
  let unfit: Answer | undefined
  const message = {
    getEnvelope: () => {
      unfit = offersUtf8(pool, mail) ? undefined : unfitFor(envelope)
      return { from: envelope.from, to: unfit ? [] : [envelope.to], size: raw.length } // to nobody: nodemailer sends nothing
    },
    messageId: () => messageId,
    getHeader: () => messageId,
    createReadStream: () => {
      body = new Body(raw) // asked for again when an idle connection turned out to be dead before a byte was read
      return body
    },
  }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error('the server took too long')), LONGEST_SEND_MS)
  // The pool asks a mail for these four only; a whole MailMessage would read the body ahead of the server's consent.
  const mail = { data: { signal: limit.signal }, message } as unknown as Outgoing
  return new Promise<Answer>((resolve) => {
    pool.send(mail, (error, info) => {
      if (!error) resolve({ kind: 'sent', reply: readable(info?.response ?? '') })
      else resolve(unfit ?? answerOf(error as SendError, body.ended))
    })
  }).finally(() => clearTimeout(timer))
}

const BEYOND_ASCII = /[^\x20-\x7e]/
const NO_UTF8 = 'not sent: the mail server does not offer SMTPUTF8'

/** What a server without SMTPUTF8 (RFC 6531) cannot be told. Domains are ASCII by now; the name before the @ may not be. */
function unfitFor({ from, to }: Envelope): Answer | undefined {
  if (BEYOND_ASCII.test(from))
    return { kind: 'misconfigured', at: 'anybody', reply: `${NO_UTF8}, which the letters of MAIL_FROM need` }
  if (BEYOND_ASCII.test(to))
    return { kind: 'refused', of: 'message', reply: `${NO_UTF8}, which the letters before the @ of the address need` }
  return undefined
}

async function closePool(pool: SMTPPool, flying: ReadonlySet<Promise<Answer>>, graceMs: number): Promise<void> {
  pool.close()
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise((resolve) => {
    timer = setTimeout(resolve, graceMs)
  })
  await Promise.race([Promise.all(flying), grace])
  clearTimeout(timer)
  pool.close({ force: true })
  await Promise.all(flying)
}
