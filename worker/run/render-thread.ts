import { parentPort } from 'node:worker_threads'
import { reports } from '../../jobs/index.ts'
import { warmUp } from '../../templates/pdf/warm.ts'
import { type Drawing, inlineRenderer, type RenderedFile } from './renderer.ts'

/** A thread that draws, one statement after the other; started by render-threads.ts. */
export interface Asked {
  readonly id: number
  readonly drawing: Drawing
}
export type Told =
  | { readonly id: number; readonly files: readonly RenderedFile[] }
  | { readonly id: number; readonly error: string }

const renderer = inlineRenderer(new Map(reports.map((report) => [report.name, report])))
let before: Promise<void> = warmUp().catch(() => {}) // the first document meets the same error and tells it

parentPort?.on('message', ({ id, drawing }: Asked) => {
  before = before.then(async () => {
    const told: Told = await renderer.draw(drawing).then(
      (files) => ({ id, files }),
      (error: Error) => ({ id, error: error.message }),
    )
    parentPort?.postMessage(told)
  })
})
