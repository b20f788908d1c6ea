import type { Command } from 'commander'
import { listRuns } from '../../db/ledger/runs/list.ts'
import { type RunSummary, summarizeRuns } from '../../db/ledger/runs/summary.ts'
import { RUN_STATUSES } from '../../db/values/statuses.ts'
import { reports } from '../../jobs/index.ts'
import { findRunOrThrow } from '../actions/control-run.ts'
import { hint } from '../values/suggest.ts'
import { answer, type Io, UsageError, withConnections } from './command.ts'
import { table } from './table.ts'

/** `runs` and `run-status ID`: the ledger from a terminal. */
export function addLedger(program: Command, io: Io): void {
  program
    .command('runs')
    .option('--report <name>', 'only this report')
    .option('--period <key>', 'only this period')
    .option('--status <status>', 'only runs in this status')
    .option('--limit <n>', 'how many at the most', '50')
    .option('--json', 'print one JSON document')
    .description('what ran, newest first')
    .addHelpText('after', '\nExample:\n  bursar runs --report monthly-summary --status partial')
    .action(async (options: { report?: string; period?: string; status?: string; limit: string; json?: boolean }) => {
      const limit = Number(options.limit)
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
        throw new UsageError(`--limit ${options.limit}: expected 1 to 1000`)
      if (options.report && !reports.some((report) => report.name === options.report))
        throw new UsageError(
          `--report ${JSON.stringify(options.report)}: expected one of ${reports.map((report) => report.name).join(', ')}${hint(
            options.report,
            reports.map((report) => report.name),
          )}`,
        )
      const status = RUN_STATUSES.find((known) => known === options.status)
      if (options.status && !status)
        throw new UsageError(`--status ${JSON.stringify(options.status)}: expected one of ${RUN_STATUSES.join(', ')}`)
      const { report, period } = options
      const found = await withConnections(io, async ({ client: { db } }) =>
        summarizeRuns(db, await listRuns(db, { report, period, status, limit })),
      )
      answer(io, options, found, (width) => runTable(found, width))
    })
  program
    .command('run-status')
    .argument('<id>', 'a run')
    .option('--json', 'print one JSON document')
    .description('one run: how far it is and what came of it')
    .addHelpText('after', '\nExample:\n  bursar run-status 3f0c…')
    .action(async (id: string, options: { json?: boolean }) => {
      const found = await withConnections(io, async ({ client: { db } }) =>
        summarizeRuns(db, [await findRunOrThrow({ db }, id)]),
      )
      answer(io, options, found[0], (width) => runTable(found, width) + (found[0]?.error ? `\n${found[0].error}` : ''))
    })
}

export function runTable(runs: readonly RunSummary[], width: number): string {
  return table(
    ['RUN', 'ACCOUNT', 'REPORT', 'PERIOD', 'REV', 'STATUS', 'STATEMENTS', 'DELIVERIES'],
    runs.map((run) => [
      run.id,
      String(run.account_id),
      run.report,
      run.period,
      String(run.revision),
      run.status,
      tally(run.statements),
      tally(run.deliveries),
    ]),
    width,
  )
}

export const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ') || '–'
