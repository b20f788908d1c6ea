import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { importDirectory } from '../../db/facts/index.ts'
import { type RunSummary, summarizeRuns } from '../../db/ledger/runs/summary.ts'
import { reports, scheduleDefaults } from '../../jobs/index.ts'
import { openRequestedRun } from '../actions/request-run.ts'
import { writeSampleProgram } from '../demo/program.ts'
import { resumeRun } from '../run/resume.ts'
import type { Connections } from '../runtime/connections.ts'
import { answer, type Io, note, withConnections } from './command.ts'
import { tally } from './ledger.ts'
import { writeStatements } from './out.ts'
import { joiningOf, openLocalRuntime } from './run.ts'
import { waitForEnd } from './wait.ts'

/** `demo`: a sample program, last month's statements of everyone in it, as files and mails on disk. */
export function addDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .option('--json', 'print one JSON document')
    .description('import a sample program and send its statements of last month to a folder')
    .addHelpText('after', '\nExample:\n  BURSAR_HOME=/tmp/demo bursar demo')
    .action(async (options: { json?: boolean }) => {
      // The sample's partners do not exist: whatever the environment says, nothing of it leaves this machine.
      const env = {
        ...io.env,
        DATABASE_URL: undefined,
        REDIS_URL: undefined,
        SMTP_URL: undefined,
        STORAGE_URL: undefined,
      }
      const local = { ...io, env }
      await withConnections(local, async (connections) => {
        const runs = await playDemo(local, connections)
        answer(io, options, runs, () => story(connections, runs))
      })
    })
}

async function playDemo(io: Io, connections: Connections): Promise<RunSummary[]> {
  const accounts = await importSample(io, connections)
  const runtime = await openLocalRuntime(connections, joiningOf(io, 'demo'))
  const summaries: RunSummary[] = []
  for (const accountId of accounts) {
    const { run, opened } = await openRequestedRun(runtime.context, {
      report: 'monthly-summary',
      period: 'last-month',
      accountId,
      mail: true,
      trigger: 'cli',
      requestedBy: 'demo',
    })
    if (!opened) await resumeRun(runtime.context, run)
    const ended = await waitForEnd(io, runtime, run)
    await writeStatements(runtime.context, ended, join(connections.config.home, 'statements', `account-${accountId}`))
    summaries.push(...(await summarizeRuns(connections.client.db, [ended])))
  }
  return summaries
}

async function importSample(io: Io, connections: Connections): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-sample-'))
  try {
    const programs = await writeSampleProgram(folder, { until: io.clock() })
    for (const { accountId, dir } of programs) {
      note(io, `importing the sample program of account ${accountId}`)
      await importDirectory(connections.client, dir, { accountId, now: io.clock(), schedulesFor: scheduleDefaults })
    }
    return programs.map(({ accountId }) => accountId)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function story({ config }: Connections, runs: readonly RunSummary[]): string {
  const home = config.home
  const lines = runs.map(
    (run) =>
      `  account ${run.account_id}, ${run.period}: statements ${tally(run.statements)}; mails ${tally(run.deliveries)}; not sent: ${tally(run.reasons)}`,
  )
  return [
    'A partner program of 59 made-up partners in two accounts has been imported into an embedded PostgreSQL,',
    `and last month's monthly summary of every partner has been computed, sealed, rendered and mailed to a folder:`,
    ...lines,
    '',
    `  statements  ${join(home, 'statements')}/account-1/*.pdf (.csv, .json, .html)`,
    `  mails       ${join(home, 'outbox')}/*.eml`,
    '',
    'Run it again: nothing is sealed or mailed twice. Then try',
    '  npm run -s bursar -- runs',
    `  npm run -s bursar -- run ${reports[1]?.name ?? 'monthly-summary'} --period last-week --out out`,
    '  npm start        # scheduler, worker and HTTP; the admin page is at http://127.0.0.1:3000/admin/',
  ].join('\n')
}
