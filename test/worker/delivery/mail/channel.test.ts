import { describe, expect, test } from 'vitest'
import { createChannel } from '../../../../worker/delivery/mail/channel.ts'
import type { Answer } from '../../../../worker/delivery/outcome.ts'

const START = Date.parse('2026-11-01T06:00:00Z')
const SENT: Answer = { kind: 'sent', reply: '250 ok' }
const relay: Answer = { kind: 'misconfigured', at: 'recipient', reply: '554 5.7.1 Relay access denied' }
const nobody = (to: string): Answer => ({ kind: 'doubtful', of: 'recipient', reply: `550 Invalid recipient: <${to}>` })

/** A channel on a clock of the test's own; `hear` gives back what becomes of the mail. */
function open() {
  const channel = createChannel()
  let now = START
  const news: string[] = []
  return {
    channel,
    news,
    pass: (seconds: number) => {
      now += 1000 * seconds
    },
    hear: (to: string, answer: Answer) => {
      const judged = channel.judge(answer, { to, left: new Date(now) }, new Date(now))
      if (judged.news) news.push(judged.news)
      return judged.outcome
    },
    /** Seconds until a mail may be sent; 0: now. */
    waits: () => ((channel.until(new Date(now))?.getTime() ?? now) - now) / 1000,
  }
}

describe('a refusal that speaks of us', () => {
  test('rests the channel and burns nothing; another mail tries next, and the first goes when it is mended', () => {
    const { hear, waits, pass, news } = open()
    expect(hear('a@x.test', relay)).toMatchObject({ kind: 'misconfigured', until: new Date(START + 7_000) })
    expect(hear('b@x.test', relay)).toMatchObject({ kind: 'misconfigured' })
    expect(waits()).toBe(5)
    pass(5)
    expect([waits(), waits()]).toEqual([0, 60])
    expect(hear('c@x.test', relay)).toMatchObject({ kind: 'misconfigured' })
    expect(waits()).toBe(10)
    pass(10)
    expect(waits()).toBe(0)
    expect(hear('d@x.test', SENT)).toMatchObject({ kind: 'sent' })
    expect([waits(), waits()]).toEqual([0, 0])
    expect(news).toEqual(['rests', 'mended'])
  })

  test('of one recipient alone holds up the others once, and is then that recipient’s own', () => {
    const { hear, pass, waits } = open()
    hear('a@x.test', SENT)
    expect(hear('group@x.test', relay)).toMatchObject({ kind: 'misconfigured' })
    pass(5)
    expect(waits()).toBe(0)
    hear('b@x.test', SENT)
    pass(2)
    expect(hear('group@x.test', relay)).toMatchObject({ kind: 'retry' })
    expect(waits()).toBe(0)
  })

  test('is told again only after an hour', () => {
    const { hear, pass, waits, news } = open()
    for (let minutes = 0; minutes < 130; minutes += 5) {
      hear(`a${minutes}@x.test`, relay)
      pass(300)
      waits()
    }
    expect(news).toEqual(['rests', 'rests', 'rests'])
  })
})

describe('a refusal that does not say whose fault it is', () => {
  test('is the recipient’s once the server has taken another', () => {
    const { hear } = open()
    hear('a@x.test', SENT)
    expect(hear('b@x.test', nobody('b@x.test'))).toMatchObject({ kind: 'refused', of: 'recipient' })
  })

  test('waits for another recipient to be tried, and is ours when that one gets the same words', () => {
    const { hear, pass, waits } = open()
    expect(hear('a@x.test', nobody('a@x.test'))).toMatchObject({ kind: 'doubtful', until: new Date(START + 30_000) })
    expect(waits()).toBe(0)
    expect(hear('b@x.test', nobody('b@x.test'))).toMatchObject({ kind: 'misconfigured' })
    pass(5)
    expect(waits()).toBe(0)
    hear('c@x.test', SENT)
    expect(hear('a@x.test', nobody('a@x.test'))).toMatchObject({ kind: 'refused', of: 'recipient' })
  })

  test('of a recipient that is the only one fails that mail and suppresses nobody', () => {
    const { hear, pass } = open()
    hear('a@x.test', nobody('a@x.test'))
    pass(30)
    expect(hear('a@x.test', nobody('a@x.test'))).toMatchObject({ kind: 'refused', of: 'message' })
  })

  test('other words for another recipient are another matter', () => {
    const { hear } = open()
    hear('a@x.test', nobody('a@x.test'))
    expect(hear('b@x.test', { kind: 'doubtful', of: 'recipient', reply: '550 Unrouteable address' })).toMatchObject({
      kind: 'doubtful',
    })
  })

  test('of what was taken too long ago proves nothing', () => {
    const { hear, pass } = open()
    hear('a@x.test', SENT)
    pass(3601)
    expect(hear('b@x.test', nobody('b@x.test'))).toMatchObject({ kind: 'doubtful' })
  })
})

describe('a word about how much we send', () => {
  const enough: Answer = { kind: 'slowed', at: 'anybody', reply: '450 4.7.1 Error: too much mail' }

  test('makes all wait, one try, and wait twice as long for each that is turned away', () => {
    const { hear, pass, waits, news } = open()
    for (const seconds of [5, 10, 20, 40]) {
      expect(hear('a@x.test', enough)).toMatchObject({ kind: 'slowed' })
      expect(waits()).toBe(seconds)
      pass(seconds)
      expect([waits(), waits()]).toEqual([0, 60])
    }
    hear('a@x.test', SENT)
    expect(waits()).toBe(0)
    expect(news).toEqual(['slower'])
  })

  test('for longer than ten minutes is told as loud as a refusal', () => {
    const { hear, pass, waits, news } = open()
    for (let n = 0; n < 9; n++) {
      hear(`a${n}@x.test`, enough)
      pass(waits())
      waits()
    }
    expect(news).toEqual(['slower', 'rests'])
  })
})
