import { sql } from 'kysely'
import type { Database, Writer } from '../connection/client.ts'
import { DAY_MS } from '../values/durations.ts'

/** A request that its caller may repeat without its being done twice (`Idempotency-Key`). */
interface IdempotentRequest {
  /** Whose key and of what call: keys of two callers never meet. */
  readonly scope: string
  readonly key: string
  /** Tells whether a repeat asks for the same. */
  readonly requestHash: string
  readonly now: Date
}

type Once<T> =
  | { readonly answer: T; readonly replayed: boolean }
  /** The key was used for something else. */
  | { readonly mismatch: true }

/**
 * Does `work` for the first request with a key; every other one of the next 24 hours gets the first one's answer, and
 * waits for it while it is under way. The answer is kept in the transaction of the work: both happen or neither does,
 * and a request that failed may be asked again. `T` has to be JSON.
 */
export function answerOnce<T>(
  db: Database,
  request: IdempotentRequest,
  work: (writer: Writer) => Promise<T>,
): Promise<Once<T>> {
  return db.transaction().execute(async (writer) => {
    await forgetExpired(writer, request)
    if (!(await reserve(writer, request))) return earlier<T>(writer, request)
    const answer = await work(writer)
    // As a string, for jsonb would put an object's keys into an order of its own.
    await sql`update idempotency_keys set response = to_jsonb(${JSON.stringify(answer)}::text), status = 200
      where scope = ${request.scope} and key = ${request.key}`.execute(writer)
    return { answer, replayed: false }
  })
}

const LIFE_MS = DAY_MS

async function forgetExpired(writer: Writer, { scope, key, now }: IdempotentRequest): Promise<void> {
  await writer
    .deleteFrom('idempotency_keys')
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('created_at', '<=', new Date(now.getTime() - LIFE_MS))
    .execute()
}

/** False where another has the key; while that one is under way PostgreSQL lets this statement wait for its end. */
async function reserve(writer: Writer, { scope, key, requestHash, now }: IdempotentRequest): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await writer
    .insertInto('idempotency_keys')
    .values({ scope, key, request_hash: requestHash, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

async function earlier<T>(writer: Writer, { scope, key, requestHash }: IdempotentRequest): Promise<Once<T>> {
  const row = await writer
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'response'])
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (row.request_hash !== requestHash) return { mismatch: true }
  return { answer: JSON.parse(row.response as string) as T, replayed: true }
}
