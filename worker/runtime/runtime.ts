import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { openClient } from '../../db/connection/client.ts'
import type { DeliverContext } from '../delivery/deliver.ts'
import { createInFlight, type InFlight, releaseLostClaims } from '../delivery/in-flight.ts'
import { batchLedger } from '../delivery/ledger.ts'
import { createMailer } from '../delivery/mail/mailer.ts'
import type { JobQueue } from '../queue/queue.ts'
import type { RunContext } from '../run/context.ts'
import { scaleLogo } from '../run/logo-scale.ts'
import { scaleInThread } from '../run/logo-thread.ts'
import { type Reads, readsFrom } from '../run/reads.ts'
import { openRenderThreads } from '../run/render-threads.ts'
import { inlineRenderer, type Renderer } from '../run/renderer.ts'
import { type Connections, reportMap } from './connections.ts'
import { keepHeapsSmall } from './heap.ts'
import { type Joining, joinInstallation } from './installation.ts'
import { openSecret } from './secrets.ts'
import { createStanding, type Standing } from './standing.ts'

const HEARTBEAT_MS = 5_000
const LOST_CLAIMS_MS = 30_000

/** What does the work of a process: the contexts of its verbs, and its name on the claims it holds. */
export interface Runtime {
  readonly context: RunContext
  readonly delivery: DeliverContext
  readonly workerId: string
  readonly standing: Standing
}

/**
 * Joins the installation, opens the mailer and says to the ledger that this process lives; both end with the base. Throws
 * SettingsDiffer where it goes by other settings than the installation.
 */
export async function openRuntime(connections: Connections, queue: JobQueue, joining: Joining): Promise<Runtime> {
  const { client, storage, clock, log, closers } = connections
  const workerId = randomUUID()
  keepHeapsSmall()
  const secret = await openSecret(connections.config, 'SECRET', () => {})
  const self = { id: workerId, host: hostname(), pid: process.pid }
  const { config, worker } = await joinInstallation(connections, self, joining, secret)
  const standing = createStanding(client.db, worker, log)
  keepAlive(connections, standing)
  const inFlight = createInFlight()
  watchLostClaims(connections, workerId, inFlight)
  const mailer = createMailer({
    smtpUrl: config.smtpUrl,
    outbox: join(config.home, 'outbox'),
    mailRate: config.mailRate,
    connections: config.workerConcurrency,
    clock,
    log,
  })
  closers.add(() => mailer.close())
  const context: RunContext = {
    db: client.db,
    reads: openReads(connections),
    storage,
    queue,
    reports: reportMap,
    renderer: openRenderer(connections),
    logos: join(config.home, 'logos'),
    scaleLogo: isCompiled ? scaleInThread : async (bytes) => scaleLogo(bytes),
    clock,
    log,
  }
  const settings = { publicUrl: config.publicUrl, mailFrom: config.mailFrom, secret, dkim: config.dkim }
  const delivery: DeliverContext = {
    db: client.db,
    ledger: batchLedger(client.db),
    storage,
    mailer,
    reports: reportMap,
    settings,
    workerId,
    inFlight,
    mayWork: standing.mayWork,
    clock,
    log,
  }
  return { context, delivery, workerId, standing }
}

/** Sources that run as they are, in a test, are not compiled, and no thread can be started of them. */
const isCompiled = import.meta.url.endsWith('.js')

function openRenderer({ closers, log }: Connections): Renderer {
  if (!isCompiled) return inlineRenderer(reportMap)
  const threads = openRenderThreads(log)
  closers.add(threads.close)
  return threads
}

/**
 * For snapshots, which last: sessions beside the ledger's, or as many who read would wait for each other for ever. The
 * replica of `REPLICA_URL` may be away, now or later.
 */
function openReads({ databaseUrl, config, closers, log }: Connections): Reads {
  const max = config.sessions.figures
  const primary = openClient(databaseUrl, { max, name: 'bursar-figures' })
  const replica = config.replicaUrl ? openClient(config.replicaUrl, { max, name: 'bursar-figures' }) : undefined
  closers.add(() => Promise.all([primary.close(), replica?.close()]))
  return readsFrom(primary.db, replica?.db, log)
}

function keepAlive({ closers, log }: Connections, standing: Standing): void {
  const timer = setInterval(() => {
    standing.beat().catch((err) => log.debug({ err }, 'no heartbeat: the database is away'))
  }, HEARTBEAT_MS)
  closers.add(async () => {
    clearInterval(timer)
    await standing.leave()
  })
}

function watchLostClaims({ client, closers, log }: Connections, id: string, inFlight: InFlight): void {
  const timer = setInterval(() => {
    releaseLostClaims(client.db, id, inFlight).catch((err) => log.debug({ err }, 'lost claims are looked for again'))
  }, LOST_CLAIMS_MS)
  closers.add(() => clearInterval(timer))
}
