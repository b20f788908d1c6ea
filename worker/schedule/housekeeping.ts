import { once } from 'node:events'
import {
  deleteDeadWorkers,
  deleteIdempotencyKeys,
  isStillNeeded,
  listExpiredBytes,
  noteRemoved,
} from '../../db/ledger/retention.ts'
import type { RunContext } from '../run/context.ts'
import { MissingFile } from '../storage/storage.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const BATCH = 500

type HouseContext = Pick<RunContext, 'db' | 'storage' | 'clock' | 'log'>

/**
 * What is kept for a time only: files and mails for `retentionDays` (undefined: for ever), answers to idempotent requests
 * for a day, names of processes that are gone, and what those left half written. The ledger's rows stay, and say
 * when their bytes went. Asked each minute, works once an hour; several schedulers at it do no harm.
 */
export function createHousekeeping(context: HouseContext, retentionDays: number | undefined): () => Promise<void> {
  let last: number | undefined
  return async () => {
    const now = context.clock()
    if (last !== undefined && Math.abs(now.getTime() - last) < HOUR_MS) return
    last = now.getTime()
    await deleteIdempotencyKeys(context.db, new Date(now.getTime() - DAY_MS))
    await deleteDeadWorkers(context.db)
    if (retentionDays !== undefined) await removeExpiredBytes(context, new Date(now.getTime() - retentionDays * DAY_MS))
    await context.storage.clear(now)
  }
}

/** Removes the bytes that nothing younger than `before` needs; returns how many. */
async function removeExpiredBytes(context: HouseContext, before: Date): Promise<number> {
  let removed = 0
  for (;;) {
    const batch = await listExpiredBytes(context.db, before, BATCH)
    for (const sha256 of batch) await removeBytes(context, sha256, before)
    removed += batch.length
    if (batch.length < BATCH) break
  }
  if (removed > 0) context.log.info({ removed, before }, 'files past their retention were removed')
  return removed
}

/** A new statement may say the same bytes at this very moment: they are held open until it is clear that nothing does. */
async function removeBytes({ db, storage, clock }: HouseContext, sha256: string, before: Date): Promise<void> {
  const held = await storage.stream(sha256).catch((error: unknown) => {
    if (error instanceof MissingFile) return undefined
    throw error
  })
  if (held) await once(held, 'readable') // opened by now: what is open can be read to its end after its name is gone
  await storage.remove(sha256)
  if (held && (await isStillNeeded(db, sha256, before))) await storage.putStream(held)
  else {
    held?.destroy()
    await noteRemoved(db, sha256, clock())
  }
}
