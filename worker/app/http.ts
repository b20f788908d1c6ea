import type { AddressInfo } from 'node:net'
import type { Queue } from 'bullmq'
import { openClient } from '../../db/connection/client.ts'
import { pendingMigrations } from '../../db/connection/migrate.ts'
import type { Config } from '../config/config.ts'
import { withTimeout } from '../flow/timeout.ts'
import { registerAdmin } from '../http/admin/index.ts'
import { registerPage } from '../http/page/index.ts'
import { registerFileLinks } from '../http/public/files.ts'
import type { Readiness } from '../http/public/health.ts'
import { registerUnsubscribe } from '../http/public/unsubscribe.ts'
import { createHttpServer } from '../http/server.ts'
import { whyRefused } from '../queue/backend.ts'
import type { JobName } from '../queue/queue.ts'
import type { Connections } from '../runtime/connections.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { openSecret } from '../runtime/secrets.ts'
import { publicReason } from '../values/public-reason.ts'
import { version } from '../values/version.ts'

export interface HttpHandle {
  readonly address: string
  readonly close: () => Promise<void>
}

/** Longer than that no probe waits. */
const PROBE_MS = 2_000

/** The HTTP server over a base, listening. */
export async function createHttp(
  { client: ledger, ...shared }: Connections,
  runtime: Runtime,
  queues: Record<JobName, Queue>,
): Promise<HttpHandle> {
  const { config, clock, log } = shared
  const client = openClient(shared.databaseUrl, { max: config.sessions.http, name: 'bursar-http' })
  shared.closers.add(client.close)
  const connections: Connections = { ...shared, client }
  const { secret } = runtime.delivery.settings
  const adminToken = await openSecret(config, 'ADMIN_TOKEN', (made) => {
    process.stdout.write(`${made.name}, made now and kept in ${made.file} (shown this once): ${made.value}\n`)
  })
  const server = await createHttpServer({
    db: client.db,
    pool: client.pool,
    config: { ...httpSettings(config), adminToken, version },
    clock,
    log,
    ready: () => readiness({ ...shared, client: ledger }, runtime, queues),
    register: [
      (app) => registerAdmin(app, { connections, runtime, queues, adminToken }),
      (app) => registerPage(app, { connections, runtime, adminToken }),
      (app) => registerFileLinks(app, { db: client.db, storage: connections.storage, secret, clock }),
      (app) => registerUnsubscribe(app, { db: client.db, secret, clock }),
    ],
  })
  await server.listen({ host: config.host, port: config.port })
  const { port } = server.server.address() as AddressInfo
  return { address: `http://${config.host}:${port}`, close: () => server.close() }
}

const httpSettings = ({ rateLimit, publicUrl, trustProxy, slowReaderSeconds }: Config) => ({
  rateLimit,
  publicUrl,
  trustProxy,
  slowReaderMs: slowReaderSeconds * 1000,
})

async function readiness(
  { client, ledgerClock }: Connections,
  { standing }: Runtime,
  queues: Record<JobName, Queue>,
): Promise<Readiness> {
  const pending = pendingMigrations(client.pool)
  const [database, queue, migrations] = await Promise.all([
    orWhyNot(pending.then(() => undefined)),
    orWhyNot(whyRefused(queues.run)),
    withTimeout(PROBE_MS, pending),
  ])
  return {
    database,
    queue,
    clock: ledgerClock.trouble() ?? true,
    settings: standing.trouble() === undefined || 'agreed otherwise while it was out of touch: start it again',
    migrations: migrations?.length ? `${migrations.join(', ')} to be applied` : migrations !== undefined,
  }
}

/** True where the probe finds nothing wrong, in time. Who may ask is anybody, so hosts and names stay in the log. */
async function orWhyNot(probe: Promise<Error | undefined>): Promise<true | string> {
  const trouble = probe.then(
    (found) => ({ found }),
    (found: Error) => ({ found }),
  )
  const answer = await withTimeout(PROBE_MS, trouble)
  if (!answer) return `no answer within ${PROBE_MS / 1000} s`
  return answer.found === undefined || publicReason(answer.found)
}
