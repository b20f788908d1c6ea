import SMTPPool from 'nodemailer/lib/smtp-pool'
import { Body } from './body.ts'
import { type MailOutcome, outcomeOf, readable, type SendError } from './outcome.ts'

/** One sender, one recipient: what the server is told, whatever the mail's own headers say. */
export interface Envelope {
  readonly from: string
  readonly to: string
}

/** A way out for mails. An outcome is a value; it never throws. */
export interface Transport {
  readonly send: (raw: Buffer, envelope: Envelope, messageId: string) => Promise<MailOutcome>
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
  const flying = new Set<Promise<MailOutcome>>()
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

function sendThrough(pool: SMTPPool, raw: Buffer, envelope: Envelope, messageId: string): Promise<MailOutcome> {
  let body = new Body(raw)
  const message = {
    getEnvelope: () => ({ from: envelope.from, to: [envelope.to], size: raw.length }),
    messageId: () => messageId,
    getHeader: () => messageId,
    createReadStream: () => {
      body = new Body(raw) // asked for again when an idle connection turned out to be dead before a byte was read
      return body
    },
  }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error('the server took too long')), LONGEST_SEND_MS)
  return new Promise<MailOutcome>((resolve) => {
    // The pool asks a mail for these four only; a whole MailMessage would read the body ahead of the server's consent.
    const mail = { data: { signal: limit.signal }, message } as unknown as Parameters<SMTPPool['send']>[0]
    pool.send(mail, (error, info) => {
      resolve(
        error ? outcomeOf(error as SendError, body.ended) : { kind: 'sent', reply: readable(info?.response ?? '') },
      )
    })
  }).finally(() => clearTimeout(timer))
}

async function closePool(pool: SMTPPool, flying: ReadonlySet<Promise<MailOutcome>>, graceMs: number): Promise<void> {
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
