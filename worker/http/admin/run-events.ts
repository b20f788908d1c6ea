import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import type { RunSummary } from '../../../db/ledger/runs/summary.ts'
import type { AdminParts } from '../shared/admin-parts.ts'
import { documented, OPENED_BY } from '../shared/fields.ts'
import { createWatch, type Watch } from './watch.ts'

const HEARTBEAT_MS = 15_000
/** The id of the last event: a browser that asks again with it is told that there is nothing more. */
const END = 'end'

/** `GET /admin/api/runs/:id/events`: the run object at each change until it ends, as server-sent events. */
export function registerRunEvents(app: FastifyInstance, { runtime: { context } }: AdminParts): void {
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  const watch = createWatch(context)
  app.withTypeProvider<ZodTypeProvider>().get(
    '/admin/api/runs/:id/events',
    {
      config: OPENED_BY,
      exposeHeadRoute: false,
      schema: documented('watch-run', 'Server-sent events: the run object at each change until it ends.', {
        params: z.object({ id: z.string() }),
        produces: ['text/event-stream'],
      }),
    },
    async (request, reply) => {
      const first = await watch.look(request.params.id)
      if (!isOpen(first) && request.headers['last-event-id'] === END) return reply.code(204).send()
      const events = Readable.from(eventsOf(watch, first, closing.signal), { objectMode: false, highWaterMark: 1 })
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-cache, no-transform')
        .header('x-accel-buffering', 'no')
        .send(events)
    },
  )
}

/** Ends with the run, with the server, or when the reader hangs up. Progress never goes back. */
async function* eventsOf(watch: Watch, first: RunSummary, closing: AbortSignal): AsyncGenerator<string> {
  let said = ''
  let saidAt = performance.now()
  let progress = 0
  for (let run = first; ; run = await watch.look(run.id)) {
    progress = Math.max(progress, run.progress)
    const data = JSON.stringify({ ...run, progress })
    const ended = !isOpen(run)
    const quiet = performance.now() - saidAt
    if (data !== said) yield `event: run\n${ended ? `id: ${END}\n` : ''}data: ${data}\n\n`
    else if (quiet >= HEARTBEAT_MS) yield ': still there\n\n'
    if (ended) return
    if (data !== said || quiet >= HEARTBEAT_MS) saidAt = performance.now()
    said = data
    if (!(await rest(watch.restMs(), closing))) return
  }
}

/** False where the server closes: its readers come back to another. */
const rest = (ms: number, closing: AbortSignal): Promise<boolean> =>
  pause(ms, true, { signal: closing }).catch(() => false)
