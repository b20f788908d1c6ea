import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { insertAudit } from '../../../db/audit.ts'
import { answerOnce, type Once } from '../../../db/idempotency.ts'
import { type RunSummary, summarizeRuns } from '../../../db/ledger/summary.ts'
import type { Job } from '../../queue.ts'
import type { RunContext } from '../../run/context.ts'
import { type RunInput, requestRun } from '../../run.ts'
import { HttpProblem, invalid } from '../problem.ts'

/** 202 for a run that was opened, 200 for the same one still open. */
export interface RunAnswer {
  readonly status: 200 | 202
  readonly run: RunSummary
}

/**
 * Opens a run or finds the same one still open, with its audit entry in one transaction; its job is queued after that,
 * or a worker would look for a run that is not there yet. `idempotency`: see `answerOnce`; 409 for a key used otherwise.
 */
export async function openRun(
  context: RunContext,
  input: RunInput,
  idempotency: { scope: string; key: string } | undefined,
): Promise<RunAnswer & { replayed: boolean }> {
  const jobs: Job[] = []
  const queue = { ...context.queue, add: async (more: readonly Job[]) => void jobs.push(...more) }
  const work = (db: RunContext['db']) => open({ ...context, db, queue }, input)
  const once = await (idempotency
    ? answerOnce(context.db, { ...idempotency, requestHash: hashOf(input), now: context.clock() }, work)
    : always(context, work))
  await context.queue.add(jobs)
  if ('mismatch' in once) throw new HttpProblem(409, 'Idempotency-Key: it was used for another request already')
  return { ...once.answer, replayed: once.replayed }
}

async function open(context: RunContext, input: RunInput): Promise<RunAnswer> {
  const { run, opened } = await requestRun(context, input)
  const [summary] = await summarizeRuns(context.db, [run])
  if (opened) {
    const { report, period, revision, mail, partners } = run
    const after = { report, period, revision, as_of: run.as_of, mail, partners }
    const actor = input.requestedBy ?? input.trigger
    const entry = {
      at: context.clock(),
      actor,
      action: 'run.request',
      target: run.id,
      accountId: run.account_id,
      after,
    }
    await insertAudit(context.db, entry)
    context.log.info({ run: run.id, report, period }, 'a run was asked for')
  }
  return { status: opened ? 202 : 200, run: summary as RunSummary }
}

async function always<T>(context: RunContext, work: (db: RunContext['db']) => Promise<T>): Promise<Once<T>> {
  return { answer: await context.db.transaction().execute(work), replayed: false }
}

/** Of what is asked, whoever asks and in whatever order it was written. */
function hashOf({ report, period, accountId, partners, asOf, mail }: RunInput): string {
  const asked = JSON.stringify([report, period, accountId, [...new Set(partners)].sort(), asOf ?? null, mail])
  return createHash('sha256').update(asked).digest('hex')
}

/** The caller's key, if there is one; of each caller and call its own. */
export function idempotencyOf(request: FastifyRequest, call: string): { scope: string; key: string } | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalid('header', 'Idempotency-Key', 'expected 1 to 255 printable characters without spaces')
  return { scope: `admin:${request.apiKey?.id ?? 0}:${call}`, key }
}
