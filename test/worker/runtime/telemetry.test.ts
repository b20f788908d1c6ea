import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runMigrations } from 'bullmq'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openJobQueue, openQueues, startWorkers } from '../../../worker/queue/queue.ts'
import { openTraces } from '../../../worker/runtime/telemetry.ts'
import { freshDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

interface Span {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
}

/** A collector of OTLP over HTTP that keeps the spans it is sent. */
async function openCollector() {
  const spans: Span[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString())
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, spans, close: () => server.close() }
}

test('without an endpoint there are no traces', async () => {
  expect(await openTraces({})).toBeUndefined()
})

test('a job’s work is traced to its asking, over the queue in PostgreSQL', async () => {
  const [database, collector] = [await freshDatabase(), await openCollector()]
  const client = await database.pool.connect()
  await runMigrations(client).finally(() => client.release())
  const traces = await openTraces({ otlpEndpoint: collector.url })
  const store = { kind: 'postgres', url: database.url, ...(traces && { telemetry: traces.telemetry }) } as const
  const log = pino({ level: 'silent' })
  const queues = openQueues(store)
  const queue = openJobQueue(queues, () => new Date(), log)
  let taken = false
  const run = async () => {
    taken = true
  }
  const handlers = { run, render: async () => {}, deliver: async () => {} }
  const workers = startWorkers(store, handlers, { concurrency: 1, mailRate: 10, log })
  await queue.add([{ name: 'run', data: { accountId: 1, runId: 'r' } }])
  await until(() => taken, 'the job is taken')
  await workers.close()
  await queue.close()
  await traces?.close()
  collector.close()
  await database.close()

  const process = collector.spans.find(({ name }) => name.startsWith('process'))
  const asking = collector.spans.find(({ spanId }) => spanId === process?.parentSpanId)
  expect(asking?.traceId).toBe(process?.traceId)
  expect(asking?.name).toMatch(/^add/)
})
