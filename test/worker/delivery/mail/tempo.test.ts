import { describe, expect, test } from 'vitest'
import { settlementOf } from '../../../../worker/delivery/backoff.ts'
import { createChannel } from '../../../../worker/delivery/mail/channel.ts'
import type { Answer } from '../../../../worker/delivery/outcome.ts'

const MAILS = 10_000
const SEND_MS = 50
const MINUTE = 60_000
const ENOUGH: Answer = { kind: 'slowed', at: 'anybody', reply: '450 4.7.1 Error: too much mail from 10.0.0.1' }

type Server = (now: number) => boolean

/** As Postfix counts: so many a window, which begins with the first; those turned away count too, and change nothing. */
function windowed(most: number, length: number): Server {
  let began = Number.NEGATIVE_INFINITY
  let count = 0
  return (now) => {
    if (now - began >= length) [began, count] = [now, 0]
    return ++count <= most
  }
}

/** As a bucket that fills drop by drop. */
function leaky(perMinute: number, burst: number): Server {
  let [drops, last] = [burst, 0]
  return (now) => {
    drops = Math.min(burst, drops + ((now - last) * perMinute) / MINUTE)
    last = now
    if (drops < 1) return false
    drops--
    return true
  }
}

/** A month end on a clock of its own: ten connections, mails that are turned away come back when they are told to. */
function monthEnd(server: Server, processes = 1) {
  const events: { at: number; run: () => void }[] = []
  let now = 0
  const later = (at: number, run: () => void) => {
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((events[middle]?.at ?? 0) > at) low = middle + 1
      else high = middle
    }
    events.splice(low, 0, { at, run })
  }
  const end = { sent: 0, failed: 0, attempts: 0, lastAt: 0 }
  for (let p = 0; p < processes; p++) {
    const channel = createChannel()
    const due: number[] = Array.from({ length: MAILS / processes }, (_, n) => n)
    const work = () => {
      const mail = due.shift()
      if (mail === undefined) return
      later(Math.max(now, channel.place(new Date(now)).getTime()), () => {
        const until = channel.until(new Date(now))
        if (!until) return send(mail)
        due.unshift(mail)
        later(until.getTime(), work)
      })
    }
    const send = (mail: number) => {
      const left = new Date(now)
      end.attempts++
      const answer: Answer = server(now) ? { kind: 'sent', reply: '250 ok' } : ENOUGH
      later(now + SEND_MS, () => {
        const { outcome } = channel.judge(answer, { to: `p${mail}@x.test`, left }, new Date(now))
        const claim = { retries: 0, unknowns: 0, first_attempt_at: left }
        const { status, nextAttemptAt } = settlementOf(claim, outcome, new Date(now))
        if (status === 'sent') [end.sent, end.lastAt] = [end.sent + 1, now]
        else if (status === 'failed') end.failed++
        else later(nextAttemptAt?.getTime() ?? now, () => due.push(mail))
        work()
      })
    }
    for (let n = 0; n < 10; n++) work()
  }
  for (let event = events.pop(); event; event = events.pop()) {
    now = event.at
    event.run()
  }
  return { ...end, minutes: end.lastAt / MINUTE }
}

describe('ten thousand mails at a server that takes', () => {
  test.each([
    ['100 a minute', windowed(100, MINUTE), 1, 100],
    ['100 a minute, of two processes', windowed(100, MINUTE), 2, 100],
    ['100 a minute one by one', leaky(100, 5), 1, 100],
    ['1,000 an hour', windowed(1000, 60 * MINUTE), 1, 600],
    ['anything', () => true, 1, 1],
  ])('%s all leave, in few attempts and not much later than they could', (_, server, processes, fastest) => {
    const { sent, failed, attempts, minutes } = monthEnd(server, processes)
    expect({ sent, failed }).toEqual({ sent: MAILS, failed: 0 })
    expect(attempts).toBeLessThanOrEqual(1.1 * MAILS)
    expect(minutes).toBeLessThan(1.3 * fastest)
  })
})
