import type { Logger } from 'pino'
import { createPace, pass } from '../../flow/pace.ts'
import { type Turns, turns } from '../../flow/turns.ts'
import { type MailOutcome, withoutAddresses } from '../outcome.ts'
import { createChannel } from './channel.ts'
import { openOutbox } from './outbox.ts'
import { type Envelope, openSmtp } from './smtp.ts'

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
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>
}

/** Where mails leave the house. One per process. */
export interface Mailer {
  /** Undefined when a mail may be sent now; else when to come back: the server refuses us, or is asked too much. */
  readonly pausedUntil: () => Date | undefined
  /** Waits until a mail may be sent under MAIL_RATE, and as fast as the server takes them; no longer than the process lives. */
  readonly turn: () => Promise<void>
  /** How often in a row the server refused us, whatever the mail; 0: mails go out. */
  readonly refusals: () => number
  /**
   * A mail's place from before its claim until its outcome is on the ledger, as many as there are connections: killed with
   * all of them taken, that many mails may be repeated and no more (docs/definitions.md, Guarantees), and what has no place is still to be
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
  const channel = createChannel()
  const tell = (news: NonNullable<ReturnType<typeof channel.judge>['news']>, outcome: MailOutcome, to: string) => {
    const told = { reply: withoutAddresses(outcome.reply, to), ...('until' in outcome && { until: outcome.until }) }
    if (news === 'rests') log.error(told, REFUSED)
    else if (news === 'slower') log.warn(told, 'the mail server wants fewer mails at a time; they go out more slowly')
    else log.info('mails go out again')
  }
  let closing = false
  const ending = new AbortController()
  const over = new AbortController()
  const pace = createPace(mailRate)
  return {
    pausedUntil: () => (closing ? clock() : channel.until(clock())),
    turn: async () => {
      await pace(ending.signal)
      const now = clock()
      await pass(channel.place(now).getTime() - now.getTime(), ending.signal)
    },
    refusals: channel.refusals,
    flights: turns(atOnce),
    send: async (raw, envelope, messageId) => {
      if (closing) return { kind: 'retry', reply: 'not sent: the process was about to end' }
      const left = clock()
      const answer = await transport.send(raw, envelope, messageId)
      const { outcome, news } = channel.judge(answer, { to: envelope.to, left }, clock())
      if (news) tell(news, outcome, envelope.to)
      return outcome
    },
    close: () => {
      closing = true
      ending.abort()
      setTimeout(() => over.abort(), grace).unref()
      return transport.close(grace)
    },
    over: over.signal,
  }
}

const REFUSED =
  'MAIL IS NOT GOING OUT: the mail server refuses us, not a recipient; nothing is lost, mails wait. Check SMTP_URL (its login, and whether it relays for us), MAIL_FROM, block lists and limits'
