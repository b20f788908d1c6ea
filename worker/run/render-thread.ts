import { parentPort, workerData } from 'node:worker_threads'
import { takeZoneData } from '../../db/values/zone.ts'
import { reports } from '../../jobs/index.ts'
import { warmUp } from '../../templates/pdf/warm.ts'
import { type Drawing, inlineRenderer, type RenderedFile } from './renderer.ts'

/** A thread that draws, one statement after the other; started by render-threads.ts. */
export interface Asked {
  readonly id: number
  readonly drawing: Drawing
}
/** What a thread has to know from its start. */
export interface Given {
  /** The tz data of the process, where they are not those that Bursar comes with. */
  readonly zones: string | undefined
}
export type Told =
  | { readonly id: number; readonly files: readonly RenderedFile[] }
  | { readonly id: number; readonly error: string }

const { zones } = workerData as Given
if (zones !== undefined) takeZoneData(zones)
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
