import { createHandlers } from '../pipeline.ts'
import { openJobQueue, openQueues, startWorkers } from '../queue/queue.ts'
import { queueStore } from '../queue/store.ts'
import type { Use } from '../runtime/agreement.ts'
import type { Connections } from '../runtime/connections.ts'
import { openRuntime } from '../runtime/runtime.ts'
import { openTraces } from '../runtime/telemetry.ts'
import { startScheduler } from '../schedule/scheduler.ts'
import { createHttp, type HttpHandle } from './http.ts'

/** A running Bursar: some or all of scheduler, worker and HTTP, over one base. */
export interface App {
  /** Where HTTP listens, if it does. */
  readonly address: string | undefined
}

/** Composition root: opens what the roles need on the base; everything closes with the base, in the opposite order. */
export async function startApp(
  connections: Connections,
  { adopt = false }: { readonly adopt?: boolean } = {},
): Promise<App> {
  const { config, closers, clock, log } = connections
  const traces = await openTraces(config)
  if (traces) closers.add(traces.close)
  const store = {
    ...queueStore(config, connections.databaseUrl, closers, connections.ledgerClock.stamp),
    ...(traces && { telemetry: traces.telemetry }),
  }
  const queues = openQueues(store)
  const queue = openJobQueue(queues, clock, log, connections.ledgerClock.stamp)
  closers.add(queue.close)
  const say = (text: string) => log.warn(text)
  const serves = config.roles.includes('http')
  const runtime = await openRuntime(connections, queue, {
    command: 'start',
    uses: usesOf(config.roles),
    serves,
    adopt,
    say,
  })
  let http: HttpHandle | undefined
  let hold = (_isHeld: boolean): void => {}
  if (config.roles.includes('worker')) {
    const handlers = createHandlers(runtime.context, runtime.delivery)
    const workers = startWorkers(store, handlers, {
      concurrency: config.workerConcurrency,
      mailRate: config.mailRate,
      log,
    })
    hold = workers.hold
    // Together: the workers wait for the mails on their way, and the mailer says how long that may take.
    closers.add(() => Promise.all([workers.close(), runtime.delivery.mailer.close()]))
  }
  const trouble = () => connections.ledgerClock.trouble() ?? runtime.standing.trouble()
  watchTrouble(connections, () => hold(trouble() !== undefined))
  if (config.roles.includes('http')) {
    http = await createHttp(connections, runtime, queues)
    closers.add(http.close)
  }
  // Last: its first look waits for a queue that may be away, and HTTP has to say so.
  if (config.roles.includes('scheduler'))
    closers.add((await startScheduler(runtime, { ...config, standsBack: () => trouble() !== undefined })).close)
  return { address: http?.address }
}

/** Schedulers take files away that are past their time; HTTP signs and reads links. */
const usesOf = (roles: readonly string[]): readonly Use[] => [
  ...(roles.includes('worker') ? (['mail'] as const) : []),
  ...(roles.includes('worker') || roles.includes('http') ? (['links'] as const) : []),
  'files',
]

const COMPARE_MS = 20_000

/** Whoever has a wrong clock, or settings that are no longer those of the others, leaves the jobs to them. */
function watchTrouble({ ledgerClock, closers }: Connections, judge: () => void): void {
  judge()
  const timer = setInterval(() => void ledgerClock.compare().then(judge), COMPARE_MS)
  closers.add(() => clearInterval(timer))
}
