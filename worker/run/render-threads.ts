import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { zoneDataInUse } from '../../db/values/zone.ts'
import type { Asked, Given, Told } from './render-thread.ts'
import { type Drawing, type RenderedFile, type Renderer, RendererClosed } from './renderer.ts'

/** Drawing is all CPU: threads do it, so that mails go out and timers fire on the one that asks. */
export interface ThreadedRenderer extends Renderer {
  readonly close: () => Promise<void>
}

/** Given to a thread at a time: the next is there when the last one is done. */
const AHEAD = 2
const MOST = 8

/** A document lives for some milliseconds: with room for twenty of them the garbage collector seldom meets one alive. */
const YOUNG = { maxYoungGenerationSizeMb: 96 }

/** Leaves a core to everything else, where there is more than one. */
export const renderThreads = (): number => Math.max(1, Math.min(MOST, availableParallelism() - 1))

/**
 * Starts no thread before it is needed, or will be. What one dies of (a statement that needs more memory than there is) fails; what
 * waited behind it goes to a new thread.
 */
export function openRenderThreads(log: Pick<Logger, 'error'>, count = renderThreads()): ThreadedRenderer {
  const seats: (Seat | undefined)[] = Array.from({ length: count })
  let ids = 0
  let closed = false

  const start = (place: number): Seat => {
    const thread = new Worker(new URL('./render-thread.js', import.meta.url), {
      resourceLimits: YOUNG,
      workerData: { zones: zoneDataInUse() } satisfies Given,
    })
    const seat: Seat = { thread, tasks: new Map() }
    thread.on('message', (told: Told) => finish(seat, told))
    thread.on('error', (error) => log.error({ err: error }, 'a thread that draws died'))
    thread.on('exit', () => {
      seats[place] = undefined
      if (closed) refuse(seat)
      else handOver([...seat.tasks.values()], give)
    })
    seats[place] = seat
    return seat
  }
  const give = (task: Task): void => {
    if (closed) {
      task.fail(new RendererClosed('the process ends'))
      return
    }
    const load = seats.map((seat) => seat?.tasks.size ?? 0)
    const place = load.indexOf(Math.min(...load))
    const seat = seats[place] ?? start(place)
    const id = ids++
    seat.tasks.set(id, task)
    seat.thread.ref()
    seat.thread.postMessage({ id, drawing: task.drawing } satisfies Asked)
  }
  return {
    width: count * AHEAD,
    draw: (drawing) => new Promise((done, fail) => give({ drawing, done, fail })),
    warmUp: () => {
      if (!closed && !seats[0]) start(0).thread.unref()
    },
    close: async () => {
      closed = true
      await Promise.all(seats.map((seat) => seat?.thread.terminate()))
    },
  }
}

interface Task {
  readonly drawing: Drawing
  readonly done: (files: RenderedFile[]) => void
  readonly fail: (error: Error) => void
}

interface Seat {
  readonly thread: Worker
  /** In the order in which they are drawn. */
  readonly tasks: Map<number, Task>
}

function finish(seat: Seat, told: Told): void {
  const task = seat.tasks.get(told.id)
  seat.tasks.delete(told.id)
  if (seat.tasks.size === 0) seat.thread.unref() // an idle thread keeps no command from ending
  if ('error' in told) task?.fail(new Error(told.error))
  else task?.done([...told.files])
}

/** The first was being drawn when the thread ended; the others had not begun. */
function handOver([first, ...others]: readonly Task[], give: (task: Task) => void): void {
  first?.fail(new Error('the thread that drew it died'))
  for (const task of others) give(task)
}

function refuse({ tasks }: Seat): void {
  for (const task of tasks.values()) task.fail(new RendererClosed('the process ends'))
}
