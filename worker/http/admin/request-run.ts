import { insertAudit } from '../../../db/audit.ts'
import { type RunSummary, summarizeRuns } from '../../../db/ledger/summary.ts'
import type { RunContext } from '../../run/context.ts'
import { type RunInput, requestRun } from '../../run.ts'
import { type Idempotency, inOneGo } from './once.ts'

/** 202 for a run that was opened, 200 for the same one still open. */
export interface RunAnswer {
  readonly status: 200 | 202
  readonly run: RunSummary
}

/** Opens a run or finds the same one still open, and writes down who asked. Errors are requestRun's and inOneGo's. */
export async function openRun(
  context: RunContext,
  input: RunInput,
  idempotency?: Idempotency,
): Promise<RunAnswer & { replayed: boolean }> {
  const { answer, replayed } = await inOneGo(context, idempotency, (inside) => open(inside, input))
  return { ...answer, replayed }
}

async function open(context: RunContext, input: RunInput): Promise<RunAnswer> {
  const { run, opened } = await requestRun(context, input)
  const [summary] = await summarizeRuns(context.db, [run])
  if (opened) {
    const { id, report, period, revision, as_of, mail, partners } = run
    await insertAudit(context.db, {
      at: context.clock(),
      actor: input.requestedBy ?? input.trigger,
      action: 'run.request',
      target: id,
      accountId: run.account_id,
      after: { report, period, revision, as_of, mail, partners },
    })
    context.log.info({ run: id, report, period }, 'a run was asked for')
  }
  return { status: opened ? 202 : 200, run: summary as RunSummary }
}
