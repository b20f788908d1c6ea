import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Database } from '../../db/connection/client.ts'
import { registerWorker } from '../../db/ledger/workers.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import type { DeliverContext } from '../../worker/delivery/deliver.ts'
import { createInFlight } from '../../worker/delivery/in-flight.ts'
import { batchLedger } from '../../worker/delivery/ledger.ts'
import { createMailer } from '../../worker/delivery/mail/mailer.ts'
import { createHandlers } from '../../worker/pipeline.ts'
import { createLocalQueue } from '../../worker/queue/local.ts'
import type { Handlers, JobQueue } from '../../worker/queue/queue.ts'
import type { RunContext } from '../../worker/run/context.ts'
import { scaleLogo } from '../../worker/run/logo-scale.ts'
import { type Reads, readsFrom } from '../../worker/run/reads.ts'
import { inlineRenderer } from '../../worker/run/renderer.ts'
import { openDiskStorage } from '../../worker/storage/disk.ts'
import type { Storage } from '../../worker/storage/storage.ts'

export interface TestRuntime {
  readonly context: RunContext
  readonly delivery: DeliverContext
  readonly handlers: Handlers
  readonly home: string
  /** What went wrong in a step, so that a test can say that nothing did. */
  readonly failures: Error[]
  readonly close: () => Promise<void>
}

/** The verbs of a run over a real database, real files and a real mailer, with the jobs done in this process. */
export async function openTestRuntime(
  db: Database,
  reports: readonly ReportDefinition[],
  {
    clock,
    smtpUrl,
    queue,
    reads,
    storage,
  }: { clock: () => Date; smtpUrl?: string; queue?: JobQueue; reads?: Reads; storage?: Storage },
): Promise<TestRuntime> {
  const home = await mkdtemp(join(tmpdir(), 'bursar-test-'))
  const log = pino({ level: 'silent' })
  const files = storage ?? openDiskStorage(join(home, 'files'))
  const mailer = createMailer({ smtpUrl, outbox: join(home, 'outbox'), clock, log })
  const workerId = randomUUID()
  await registerWorker(db, { id: workerId, host: 'test', pid: process.pid })
  const failures: Error[] = []
  const local = createLocalQueue(() => handlers, { concurrency: 4, clock, onError: (error) => failures.push(error) })
  const map = new Map(reports.map((report) => [report.name, report]))
  const context: RunContext = {
    db,
    reads: reads ?? readsFrom(db, undefined, log),
    storage: files,
    queue: queue ?? local,
    reports: map,
    renderer: inlineRenderer(map),
    logos: join(home, 'logos'),
    scaleLogo: async (bytes) => scaleLogo(bytes),
    clock,
    log,
  }
  const settings = {
    publicUrl: 'http://localhost:3000',
    mailFrom: { name: 'Bursar', address: 'bursar@localhost', domain: 'localhost' },
    secret: 'a secret of this test',
  }
  const delivery: DeliverContext = {
    db,
    ledger: batchLedger(db),
    storage: files,
    mailer,
    reports: map,
    settings,
    workerId,
    inFlight: createInFlight(),
    mayWork: async () => true,
    clock,
    log,
  }
  const handlers = createHandlers(context, delivery)
  const close = async () => {
    await local.close()
    await mailer.close()
    await rm(home, { recursive: true, force: true })
  }
  return { context, delivery, handlers, home, failures, close }
}
