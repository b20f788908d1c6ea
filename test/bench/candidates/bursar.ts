import pino from 'pino'
import { openRenderThreads } from '../../../worker/run/render-threads.ts'
import { answerQuestions } from '../child.ts'
import { benchDress, benchStatement } from './statements.ts'
import { renderFor } from './timed.ts'

/** Our own renderer, as a run draws: sealed text in, PDF and CSV out, by one thread. */
const threads = openRenderThreads(pino({ level: 'error' }), 1)
const sealed = new Map<number, string>()

async function draw(number: number): Promise<Uint8Array> {
  const which = number % 500
  const text = sealed.get(which) ?? JSON.stringify(benchStatement(which))
  sealed.set(which, text)
  const drawing = { report: 'monthly-summary', sealed: text, dress: benchDress(which), name: `p-${which}` }
  const [pdf] = await threads.draw(drawing)
  return pdf?.bytes ?? new Uint8Array()
}

answerQuestions(renderFor(draw, threads.width), threads.close)
