import { setTimeout as wait } from 'node:timers/promises'

/** Puts all questions at once; an answer for each, in their order. */
export type AskAll<Question, Answer> = (questions: readonly Question[]) => Promise<readonly Answer[]>

interface Asked<Question, Answer> {
  readonly question: Question
  readonly done: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

interface Manners {
  /** Whether each alone would fail too. Every other failure is looked into: what one asks wrongly is nobody else's trouble. */
  readonly isEverybodys: (error: unknown) => boolean
  /** Answers that take longer are given up, or one connection that died without a word would hold up everybody. */
  readonly patienceMs: number
}

/** Whoever asked is not told whether it was done. */
class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT'
}

const MOST = 100
/** Where questions come this soon after one another, the next is worth a short wait. */
const BUSY_MS = 50
const SHORT_MS = 3

/** Questions that many ask at about the same time, put as one. One that comes alone is put at once. */
export function createBatchLoader<Question, Answer>(
  askAll: AskAll<Question, Answer>,
  { isEverybodys, patienceMs }: Manners,
): (question: Question) => Promise<Answer> {
  const ask = inTime(askAll, patienceMs)
  const waiting: Asked<Question, Answer>[] = []
  let isAsking = false
  let last = Number.NEGATIVE_INFINITY
  const askOn = async () => {
    isAsking = true
    while (waiting.length > 0) {
      await wait(performance.now() - last < BUSY_MS ? SHORT_MS : 0)
      await answer(ask, waiting.splice(0, MOST), isEverybodys)
      last = performance.now()
    }
    isAsking = false
  }
  return (question) =>
    new Promise((done, fail) => {
      waiting.push({ question, done, fail })
      if (!isAsking) void askOn()
    })
}

function inTime<Question, Answer>(askAll: AskAll<Question, Answer>, ms: number): AskAll<Question, Answer> {
  return async (questions) => {
    const over = new AbortController()
    const tooLong = wait(ms, undefined, { signal: over.signal }).then(() => {
      throw new NoAnswer(`no answer within ${ms} ms`)
    })
    return Promise.race([askAll(questions), tooLong]).finally(() => over.abort())
  }
}

async function answer<Question, Answer>(
  askAll: AskAll<Question, Answer>,
  asked: readonly Asked<Question, Answer>[],
  isEverybodys: (error: unknown) => boolean,
): Promise<void> {
  try {
    const answers = await askAll(asked.map(({ question }) => question))
    for (const [at, { done }] of asked.entries()) done(answers[at] as Answer)
  } catch (error) {
    if (asked.length > 1 && !isEverybodys(error)) for (const one of asked) await answer(askAll, [one], isEverybodys)
    else for (const { fail } of asked) fail(error)
  }
}
