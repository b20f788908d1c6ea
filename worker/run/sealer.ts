import type { Run } from '../../db/ledger/runs/runs.ts'
import { figuresHash } from '../../jobs/figures-hash.ts'
import type { Outcome, Statement } from '../../jobs/report.ts'
import { createYielding } from '../flow/yielding.ts'
import type { RunContext } from './context.ts'
import { storeExport } from './export.ts'
import { judge, type Reckoned, type Surroundings } from './judge.ts'
import { createRowWriter, type LedgerRows, noRows } from './ledger-rows.ts'

export type Batch = readonly Outcome<unknown, unknown>[]

/** Turns computed statements into ledger rows, in their order: sealed, unchanged or skipped, with the deliveries they call for. */
export function createSealer(context: RunContext, run: Run, around: Surroundings) {
  const write = createRowWriter(run, around.head, context.clock())
  const yieldIfDue = createYielding()

  async function reckon(statement: Statement<unknown, unknown>): Promise<Reckoned> {
    await yieldIfDue()
    const exported = statement.export && (await storeExport(context.storage, statement.export))
    const figuresSha256 = figuresHash(around.labels, statement, exported ? [exported.sha256] : [])
    return { statement, figuresSha256, exported }
  }

  return {
    async seal(batch: Batch): Promise<LedgerRows> {
      const reckoned: Reckoned[] = []
      for (const outcome of batch) if (!('skip' in outcome)) reckoned.push(await reckon(outcome))
      const judged = new Map(
        (await judge(context.db, around, reckoned)).map((one) => [one.reckoned.statement, one] as const),
      )
      const into = noRows()
      for (const outcome of batch) {
        await yieldIfDue()
        const judgement = 'skip' in outcome ? undefined : judged.get(outcome)
        if (judgement) write.statement(into, judgement)
        else if ('skip' in outcome) write.skip(into, outcome)
      }
      return into
    },
  }
}
