import { setTimeout as pause } from 'node:timers/promises'
import {
  assertSchemaCompatibility,
  type BackendFactory,
  type PgPool,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
} from 'bullmq'
import type pg from 'pg'
import { openQueuePool } from '../../db/connection/client.ts'
import { goByLedgerTime } from './ledger-time.ts'

const TRY_AGAIN_MS = 1_000
/** Longer than that no worker sleeps: a pooler on the way may swallow what would wake it. */
const LONGEST_SLEEP_S = 10

/** The pool that all queues and workers of a process share; it ends with the last of them. */
interface SharedPool {
  readonly take: () => pg.Pool
  readonly giveBack: () => Promise<void>
}

/**
 * BullMQ's PostgreSQL backend, with three manners of its own mended: it takes a first connection that is refused for the
 * last word and asks again without rest, every queue and worker of it keeps a pool to itself, and it goes by the clock of
 * whichever machine asks. `now`: the ledger's time in milliseconds.
 */
export function patientBackend(
  url: string,
  connections: number,
  now: () => number,
): BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> {
  const shared = sharedPool(url, connections)
  return (name, opts, { withBlockingConnection } = {}) => {
    const connection = new PatientConnection(shared.take() as PgPool)
    const backend = new PatientBackend(
      connection,
      shared.giveBack,
      name,
      opts,
      withBlockingConnection ? name : undefined,
    )
    goByLedgerTime(backend, now)
    return backend
  }
}

/** Why the queue could not be opened yet; undefined where it is open, or is not of this kind. */
export async function troubleOpening(backend: unknown): Promise<Error | undefined> {
  return backend instanceof PatientBackend ? backend.patient.findTrouble() : undefined
}

class PatientBackend extends PostgresQueueBackend {
  readonly patient: PatientConnection
  private readonly giveBack: () => Promise<void>
  private closed: Promise<void> | undefined

  constructor(
    patient: PatientConnection,
    giveBack: () => Promise<void>,
    name: string,
    opts: ConstructorParameters<typeof PostgresQueueBackend>[2],
    listenName: string | undefined,
  ) {
    super(patient, name, opts, true, listenName)
    this.patient = patient
    this.giveBack = giveBack
  }

  override get maximumBlockTimeout(): number {
    return LONGEST_SLEEP_S
  }

  override close(force?: boolean): Promise<void> {
    this.closed ??= super.close(force).finally(this.giveBack)
    return this.closed
  }
}

class PatientConnection extends PostgresConnection {
  private trouble: Error | undefined
  private firstTry: Promise<boolean> | undefined
  private whenReady: Promise<void> | undefined

  override waitUntilReady(): Promise<void> {
    this.whenReady ??= this.tryUntilThere()
    return this.whenReady
  }

  /** What the last try said, while there was none that went well. */
  async findTrouble(): Promise<Error | undefined> {
    void this.waitUntilReady()
    await this.firstTry
    return this.trouble
  }

  private async tryUntilThere(): Promise<void> {
    this.firstTry = this.isThere()
    for (let there = await this.firstTry; !there; there = await this.isThere()) {
      // As with Redis, what is asked of a queue that is being closed is never answered.
      if (this.isClosing) return new Promise(() => {})
      await pause(TRY_AGAIN_MS, undefined, { ref: false })
    }
    setTimeout(() => this.emit('ready'), 0)
  }

  private async isThere(): Promise<boolean> {
    try {
      const client = await this.pool.connect()
      await assertSchemaCompatibility(client, this.schema).finally(() => client.release())
      this.trouble = undefined
      return true
    } catch (error) {
      this.trouble = error as Error
      if (!this.isClosing && this.listenerCount('error') > 0) this.emit('error', error)
      return false
    }
  }
}

function sharedPool(url: string, connections: number): SharedPool {
  let pool: pg.Pool | undefined
  let users = 0
  return {
    take: () => {
      users++
      pool ??= openQueuePool(url, connections)
      return pool
    },
    giveBack: async () => {
      if (--users > 0 || !pool) return
      const ending = pool
      pool = undefined
      await ending.end()
    },
  }
}
