import { monthlySummary } from '../../../jobs/monthly-summary.ts'
import { answerQuestions } from '../child.ts'
import { watchLoop } from '../loop-gap.ts'
import { benchDress, benchStatement } from './statements.ts'

/** Renders from a cold start: long statements and rare scripts among the usual ones. Answers the loop's longest gap in ms. */
answerQuestions(async (ms: number) => {
  const loop = watchLoop()
  const began = performance.now()
  for (let number = 0; performance.now() - began < ms; number++) {
    const usual = benchStatement(number)
    const rows = number % 50 === 25 ? Array.from({ length: 40 }, () => usual.rows ?? []).flat() : usual.rows
    const name = number % 50 === 10 ? 'شركة النور 北京 東京さくら 안녕 שלום 🚀' : usual.subject.name
    const subject = { ...usual.subject, name } as typeof usual.subject
    await monthlySummary.template.pdf?.({ ...usual, ...(rows && { rows }), subject }, benchDress(number))
    await new Promise(setImmediate)
  }
  return loop.longestGapMs()
})
