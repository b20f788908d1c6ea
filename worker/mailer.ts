import type { Logger } from 'pino'
import { openOutbox } from './mail/outbox.ts'
import type { MailOutcome } from './mail/outcome.ts'
import { createPace } from './mail/pace.ts'
import { createPause } from './mail/pause.ts'
import { type Envelope, openSmtp } from './mail/smtp.ts'
import { type Turns, turns } from './turns.ts'

export type { Envelope, MailOutcome }

export interface MailerConfig {
  /** smtp:// or smtps://, credentials in it; without it mails are written to `outbox`. */
  readonly smtpUrl?: string | undefined
  /** Folder of `<delivery id>.eml` files. */
  readonly outbox: string
  /** Mails per second, of this process; undefined: as fast as the server takes them. */
  readonly mailRate?: number | undefined
  /** Connections at once, ten at most. */
  readonly connections?: number | undefined
  /** Milliseconds that mails on the way have left when the process ends. */
  readonly grace?: number | undefined
  readonly clock: () => Date
  readonly log: Pick<Logger, 'error' | 'info'>
}

/** Where mails leave the house. One per process. */
export interface Mailer {
  /** Undefined when a mail may be sent now; else when to come back, because the channel is set up wrong. */
  readonly pausedUntil: () => Date | undefined
  /** Waits until a mail may be sent under MAIL_RATE. */
  readonly turn: () => Promise<void>
  /**
   * A mail's place from before its claim until its outcome is on the ledger, as many as there are connections: killed with
   * all of them taken, that many mails may be repeated and no more (SPEC 6), and what has no place is still to be
   * cancelled, paused or taken by another.
   */
  readonly flights: Turns
  /** Sends the bytes as they are. What becomes of it is a value; it never throws. */
  readonly send: (raw: Buffer, envelope: Envelope, messageId: string) => Promise<MailOutcome>
  /** Takes no more, and waits for the mails on the way (ten seconds at most). */
  readonly close: () => Promise<void>
  /** Aborts that long after `close` was called: who still holds the outcome of a mail lets go of it. */
  readonly over: AbortSignal
}

const CONNECTIONS = 10
const GRACE_MS = 10_000

/** Opens nothing before the first mail. */
export function createMailer(config: MailerConfig): Mailer {
  const { smtpUrl, outbox, mailRate, connections, grace = GRACE_MS, clock, log } = config
  const atOnce = Math.max(1, Math.min(CONNECTIONS, connections ?? CONNECTIONS))
  const transport = smtpUrl ? openSmtp(smtpUrl, atOnce) : openOutbox(outbox)
  const pause = createPause()
  const rest = (reply: string) => {
    const { until, isNews } = pause.trip(clock())
    if (isNews)
      log.error({ reply, until }, 'MAIL IS NOT GOING OUT: the mail server refuses us; check SMTP_URL and MAIL_FROM')
  }
  let closing = false
  const over = new AbortController()
  return {
    pausedUntil: () => (closing ? clock() : pause.until(clock())),
    turn: createPace(mailRate),
    flights: turns(atOnce),
    send: async (raw, envelope, messageId) => {
      if (closing) return { kind: 'retry', reply: 'not sent: the process was about to end' }
      const outcome = await transport.send(raw, envelope, messageId)
      if (outcome.kind === 'misconfigured') rest(outcome.reply)
      else pause.heal()
      return outcome
    },
    close: () => {
      closing = true
      setTimeout(() => over.abort(), grace).unref()
      return transport.close(grace)
    },
    over: over.signal,
  }
}
