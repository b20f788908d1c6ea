import pino from 'pino'
import { openRenderThreads } from '../../../worker/run/render-threads.ts'
import { answerQuestions } from '../child.ts'
import { watchLoop } from '../loop-gap.ts'
import { benchDress, benchStatement } from './statements.ts'

/** A process that has statements drawn, from a cold start: long ones and rare scripts among the usual ones. */
const threads = openRenderThreads(pino({ level: 'error' }))
let number = 0

answerQuestions(async (ms: number) => {
  const loop = watchLoop()
  const began = performance.now()
  const lane = async () => {
    while (performance.now() - began < ms) await draw(number++)
  }
  await Promise.all(Array.from({ length: threads.width }, lane))
  return loop.longestGapMs()
}, threads.close)

async function draw(which: number): Promise<void> {
  const usual = benchStatement(which)
  const rows = which % 50 === 25 ? Array.from({ length: 40 }, () => usual.rows ?? []).flat() : usual.rows
  const name = which % 50 === 10 ? 'شركة النور 北京 東京さくら 안녕 שלום 🚀' : usual.subject.name
  const sealed = JSON.stringify({ ...usual, ...(rows && { rows }), subject: { ...usual.subject, name } })
  await threads.draw({ report: 'monthly-summary', sealed, dress: benchDress(which), name: `p-${which}` })
}
