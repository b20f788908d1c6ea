import type { FastifyRequest } from 'fastify'
import { answerOnce } from '../../../db/access/idempotency.ts'
import { sha256Of } from '../../../db/values/sha256.ts'
import { inUnitOfWork, queueAfter, type UnitOfWork } from '../../actions/unit-of-work.ts'
import type { RunContext } from '../../run/context.ts'
import { HttpProblem, invalid } from './problem.ts'

/** A caller's `Idempotency-Key`, with what was asked. */
export interface Idempotency {
  readonly scope: string
  readonly key: string
  readonly requestHash: string
}

/**
 * Does `work` in one transaction, its audit entry and the kept answer included. With a key the work is done once in 24 hours
 * (`answerOnce`); 409 for a key used for something else.
 */
export async function onceInUnitOfWork<T>(
  context: RunContext,
  idempotency: Idempotency | undefined,
  work: (inside: UnitOfWork) => Promise<T>,
): Promise<{ answer: T; replayed: boolean }> {
  if (!idempotency) return { answer: await inUnitOfWork(context, work), replayed: false }
  const request = { ...idempotency, now: context.clock() }
  const once = await queueAfter(context, (queue) =>
    answerOnce(context.db, request, (db) => work({ ...context, db, queue })),
  )
  if ('mismatch' in once) throw new HttpProblem(409, 'Idempotency-Key: it was used for another request already')
  return once
}

/** The caller's key for `call`, if it sent one; of each caller and call its own. `asked` tells repeats from other requests. */
export function idempotencyOf(
  { headers, apiKey }: FastifyRequest,
  call: string,
  asked: readonly unknown[],
): Idempotency | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key))
    throw invalid('header', 'Idempotency-Key', 'expected 1 to 255 printable characters')
  const requestHash = sha256Of(JSON.stringify(asked))
  return { scope: `admin:${apiKey?.id ?? 0}:${call}`, key, requestHash }
}
