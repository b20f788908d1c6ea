import type { Claim } from '../../db/ledger/deliveries/claims.ts'
import type { Settlement } from '../../db/ledger/deliveries/settlements.ts'
import type { MailOutcome } from './outcome.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const STEPS = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE]
/** From the first attempt on. */
export const GIVE_UP = 24 * HOUR
const REPEAT = 30 * SECOND

type Attempt = Pick<Claim, 'retries' | 'unknowns' | 'first_attempt_at'>

/** What an outcome means for the delivery (docs/operating.md, When mail fails): sent, again when, or closed for what reason. */
export function settlementOf(attempt: Attempt, outcome: MailOutcome, now: Date): Settlement {
  const { reply } = outcome
  switch (outcome.kind) {
    case 'sent':
      return { status: 'sent', outcome: 'sent', reply, nextAttemptAt: null }
    case 'refused':
      return {
        status: 'failed',
        outcome: 'refused',
        reply,
        nextAttemptAt: null,
        suppress: outcome.of === 'recipient',
      }
    case 'misconfigured':
    case 'slowed':
    case 'doubtful':
      return putOff(attempt, outcome)
    case 'unknown':
      return { status: 'unknown', outcome: 'unknown', reply, nextAttemptAt: repeatAt(attempt, now) }
    case 'retry':
      return retry(attempt, reply, now)
  }
}

/**
 * As if it had not been tried. Its 24 hours begin anew where nothing could pass, for that may last longer than they do;
 * where the server only wanted fewer mails, what it has said of this one before still counts.
 */
function putOff(attempt: Attempt, { kind, reply, until }: Extract<MailOutcome, { until: Date }>): Settlement {
  const restartWindow = kind === 'misconfigured' || attempt.retries === 0
  return { status: openStatus(attempt), outcome: kind, reply, nextAttemptAt: until, restartWindow }
}

/** 30 s, 1, 2, 5, 15 minutes, then hourly; nothing after 24 hours from the first attempt. */
function retry(attempt: Attempt, reply: string, now: Date): Settlement {
  const next = new Date(now.getTime() + (STEPS[attempt.retries] ?? HOUR))
  const began = attempt.first_attempt_at ?? now
  const isOver = next.getTime() - began.getTime() > GIVE_UP
  const closed = attempt.unknowns > 0 ? 'unknown' : 'failed'
  return {
    status: isOver ? closed : openStatus(attempt),
    outcome: 'retry',
    reply,
    nextAttemptAt: isOver ? null : next,
  }
}

/** Lost after the final dot is repeated once; what was lost twice stays unknown for good. */
const repeatAt = (attempt: Attempt, now: Date) => (attempt.unknowns === 0 ? new Date(now.getTime() + REPEAT) : null)

/** What may have arrived already never reads as if nothing had happened. */
const openStatus = (attempt: Attempt) => (attempt.unknowns > 0 ? 'unknown' : 'pending')
