import { type Answer, type MailOutcome, withoutAddresses } from '../outcome.ts'
import { createPause } from '../pause.ts'
import { createTempo } from './tempo.ts'

/** What this process knows of the mail server: whether it lets anything of ours pass, how fast, and whose fault a refusal is. */
export interface Channel {
  /** When to come back; undefined: go ahead now, which after a rest is one mail's right alone. */
  readonly until: (now: Date) => Date | undefined
  /** The instant at which the next mail may leave, as fast as the server takes them. At once while the channel rests. */
  readonly place: (now: Date) => Date
  /** What an answer means for the mail to `to` that had left at `left`, given what the server said to others. */
  readonly judge: (answer: Answer, mail: { to: string; left: Date }, now: Date) => Judgement
  /** How often in a row nothing could pass; 0: mails go out. */
  readonly refusals: () => number
}

interface Judgement {
  readonly outcome: MailOutcome
  /** What whoever reads the log has to know: mails stopped going out, go slower, go out again. */
  readonly news?: 'rests' | 'slower' | 'mended'
}

/** So long a server that took one recipient is believed when it refuses another without saying why. */
const TRUST_MS = 60 * 60_000
/** Time for another recipient to be tried. */
const DOUBT_MS = 30_000
/** Others go first after a rest, for this recipient may be the only one that is refused. */
const BEHIND_MS = 2_000
/** A server that takes nothing for so long is not only busy. */
const LONG_MS = 10 * 60_000
const TELL_AGAIN_MS = 60 * 60_000

export function createChannel(): Channel {
  const pause = createPause()
  const tempo = createTempo()
  const doubts = createDoubts()
  let lastSlow = { news: '', told: 0 }
  let accepted = Number.NEGATIVE_INFINITY

  const taken = (outcome: MailOutcome, now: Date): Judgement => {
    accepted = now.getTime()
    doubts.forget()
    return { outcome, ...(pause.heal(true) && { news: 'mended' as const }) }
  }
  const rest = (reply: string, at: 'anybody' | 'recipient', now: Date): Judgement => {
    const { until, isNews } = pause.trip(now)
    const after = new Date(until.getTime() + (at === 'recipient' ? BEHIND_MS : 0))
    return { outcome: { kind: 'misconfigured', until: after, reply }, ...(isNews && { news: 'rests' as const }) }
  }
  const slow = (reply: string, left: Date, now: Date): Judgement => {
    const until = new Date(tempo.slowed(left.getTime(), now.getTime()))
    const news = until.getTime() - now.getTime() > LONG_MS ? 'rests' : 'slower'
    const isNews = news !== lastSlow.news || now.getTime() - lastSlow.told > TELL_AGAIN_MS
    if (isNews) lastSlow = { news, told: now.getTime() }
    return { outcome: { kind: 'slowed', until, reply }, ...(isNews && { news }) }
  }
  /** Refused as everybody may be, and others have been taken since it was last so: it is this recipient after all. */
  const isAlone = (to: string, now: Date) => {
    const last = doubts.blamed(to, now)
    return last !== undefined && accepted > last
  }
  const doubt = ({ of, reply }: Extract<Answer, { kind: 'doubtful' }>, to: string, now: Date): Judgement => {
    if (now.getTime() - accepted < TRUST_MS) return { outcome: { kind: 'refused', of, reply } }
    const { others, again } = doubts.add(wordsOf(reply, to), to)
    if (others) return rest(reply, 'recipient', now)
    if (again) return { outcome: { kind: 'refused', of: 'message', reply } }
    return { outcome: { kind: 'doubtful', until: new Date(now.getTime() + DOUBT_MS), reply } }
  }
  return {
    until: (now) => {
      const held = tempo.heldUntil(now.getTime())
      if (held !== undefined) return new Date(held)
      const resting = pause.until(now)
      if (resting) return resting
      tempo.admit(now.getTime())
      return undefined
    },
    place: (now) => {
      const waits = pause.isResting(now) || tempo.heldUntil(now.getTime()) !== undefined
      return waits ? now : new Date(tempo.place(now.getTime()))
    },
    judge: (answer, { to, left }, now) => {
      if (isBeyondSender(answer)) tempo.taken(left.getTime(), now.getTime())
      switch (answer.kind) {
        case 'misconfigured':
        case 'slowed':
          if (answer.at === 'recipient' && isAlone(to, now)) return { outcome: { kind: 'retry', reply: answer.reply } }
          return answer.kind === 'slowed' ? slow(answer.reply, left, now) : rest(answer.reply, answer.at, now)
        case 'doubtful':
          return doubt(answer, to, now)
        case 'retry':
        case 'refused':
          pause.heal(false)
          return { outcome: answer }
        default:
          return taken(answer, now)
      }
    },
    refusals: pause.rests,
  }
}

/** Whether the server let us name a recipient: a word about how much we send comes before that. */
const isBeyondSender = (answer: Answer) =>
  'at' in answer ? answer.at === 'recipient' : answer.kind !== 'retry' || /^\d{3}[ -]/.test(answer.reply)

const MOST = 10_000

/** Who was refused in a way that may be meant for everybody: by what words, and when. */
function createDoubts() {
  const byWords = new Map<string, Set<string>>()
  const blamedAt = new Map<string, number>()
  return {
    add: (words: string, to: string) => {
      const known = byWords.get(words) ?? new Set()
      const again = known.has(to)
      if (byWords.size < MOST) byWords.set(words, known.add(to))
      return { again, others: known.size > 1 }
    },
    /** When that was last so of `to`; and now it is again. */
    blamed: (to: string, now: Date) => {
      const last = blamedAt.get(to)
      if (blamedAt.size >= MOST) blamedAt.clear()
      blamedAt.set(to, now.getTime())
      return last
    },
    forget: () => byWords.clear(),
  }
}

/** A reply without what differs from one recipient to the next. */
const wordsOf = (reply: string, to: string): string => withoutAddresses(reply, to).replace(/\d+/g, '#').toLowerCase()
