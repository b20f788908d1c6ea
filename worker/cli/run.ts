import { join } from 'node:path'
import type { Command } from 'commander'
import { isOpen, type Run } from '../../db/ledger/runs/runs.ts'
import { type RunSummary, summarizeRuns } from '../../db/ledger/runs/summary.ts'
import { controlRun, findRunOrThrow } from '../actions/control-run.ts'
import { requestRun } from '../actions/request-run.ts'
import { inUnitOfWork } from '../actions/unit-of-work.ts'
import { createHandlers } from '../pipeline.ts'
import { createLocalQueue } from '../queue/local.ts'
import type { Handlers } from '../queue/queue.ts'
import { untiedLine } from '../run/restate.ts'
import { resumeRun } from '../run/resume.ts'
import type { Connections } from '../runtime/connections.ts'
import type { Joining } from '../runtime/installation.ts'
import { openRuntime, type Runtime } from '../runtime/runtime.ts'
import { answer, COMMAND_LINE, EXIT, type Io, note, withConnections } from './command.ts'
import { runTable } from './ledger.ts'
import { ADOPT, collect, parseAccount, parseInstant } from './options.ts'
import { writeMails, writeStatements } from './out.ts'
import { waitForEnd } from './wait.ts'

interface RunOptions {
  readonly period: string
  readonly account: number
  readonly partner?: string[]
  readonly asOf?: Date
  readonly mail: boolean
  readonly asOutbox?: boolean
  readonly adoptSettings?: boolean
  readonly out?: string
  readonly json?: boolean
}

/** `run REPORT`: starts a run, does its work in this process and waits for its end. */
export function addRun(program: Command, io: Io): void {
  program
    .command('run')
    .argument('<report>', 'a report of the catalogue')
    .requiredOption('--period <key>', 'a period key, or last-month, last-week, yesterday')
    .option('--account <n>', 'account', parseAccount, 1)
    .option('--partner <id>', 'only this partner; repeat for several', collect)
    .option('--as-of <instant>', 'the instant whose facts count (default: the end of the period)', parseInstant)
    .option('--no-mail', 'compute, seal and render, but mail nothing')
    .option('--as-outbox', 'as --no-mail, and write the mails that would have left to the outbox')
    .option(...ADOPT)
    .option('--out <dir>', 'write <subject>.json, .pdf, .csv and .html of each statement')
    .option('--json', 'print one JSON document')
    .description('start a run and wait for its end')
    .addHelpText('after', '\nExample:\n  bursar run monthly-summary --period last-month --out statements/')
    .action(async (report: string, given: RunOptions) => {
      const options = { ...given, mail: given.mail && !given.asOutbox }
      await withConnections(io, async (connections) => {
        const uses = options.mail ? ALL : options.asOutbox ? (['links', 'files'] as const) : (['files'] as const)
        const runtime = await openLocalRuntime(connections, joiningOf(io, 'run', options, uses))
        const { run, opened } = await inUnitOfWork(runtime.context, (inside) =>
          requestRun(inside, inputOf(report, options)),
        )
        if (!opened) await resumeRun(runtime.context, run)
        const ended = await waitForEnd(io, runtime, run)
        if (options.asOutbox)
          note(
            io,
            `mails written to the outbox: ${await writeMails(runtime, ended, join(connections.config.home, 'outbox'))}; nobody was mailed`,
          )
        if (options.out)
          note(io, `${await writeStatements(runtime.context, ended, options.out)} statements written to ${options.out}`)
        await printEnd(io, connections, options, ended)
      })
    })
}

/** `retry RUN`: takes up what failed, here and now. */
export function addRetry(program: Command, io: Io): void {
  program
    .command('retry')
    .argument('<run>', 'a run that has ended')
    .option(...ADOPT)
    .option('--json', 'print one JSON document')
    .description('take up failed statements and deliveries of a run, and only those')
    .addHelpText('after', '\nExample:\n  bursar retry 3f0c…')
    .action(async (id: string, options: { json?: boolean; adoptSettings?: boolean }) => {
      await withConnections(io, async (connections) => {
        const runtime = await openLocalRuntime(connections, joiningOf(io, 'retry', options))
        const found = await findRunOrThrow(runtime.context, id)
        // Left open, by a command whose mail server refused it or that was ended: it goes on from where it stands.
        const run = isOpen(found) ? found : await controlRun(runtime.context, 'retry', id, COMMAND_LINE)
        if (run === found) await resumeRun(runtime.context, run)
        const ended = await waitForEnd(io, runtime, run)
        await printEnd(io, connections, options, ended)
      })
    })
}

const inputOf = (report: string, { period, account, partner, asOf, mail }: RunOptions) =>
  ({
    report,
    period,
    accountId: account,
    partners: partner,
    asOf,
    mail,
    trigger: 'cli',
    requestedBy: COMMAND_LINE,
  }) as const

const ALL = ['mail', 'links', 'files'] as const

/** How a command joins the installation; `uses`: what of it the command needs. */
export const joiningOf = (
  io: Io,
  command: string,
  options: { readonly adoptSettings?: boolean | undefined } = {},
  uses: Joining['uses'] = ALL,
): Joining => ({ command, uses, adopt: options.adoptSettings === true, say: (text) => note(io, `bursar: ${text}`) })

/** A queue of this process alone: the run's own jobs, done with this command's own settings. */
export async function openLocalRuntime(connections: Connections, joining: Joining): Promise<Runtime> {
  let handlers: Handlers | undefined
  const queue = createLocalQueue(() => handlers as Handlers, {
    concurrency: connections.config.workerConcurrency,
    clock: connections.clock,
    onError: (err) => connections.log.error({ err }, 'a step failed; it is taken up again'),
  })
  const runtime = await openRuntime(connections, queue, joining)
  handlers = createHandlers(runtime.context, runtime.delivery)
  // Together: the queue waits for the mails on their way, and the mailer says how long that may take.
  connections.closers.add(() => Promise.all([queue.close(), runtime.delivery.mailer.close()]))
  return runtime
}

async function printEnd(io: Io, { client }: Connections, options: { json?: boolean }, run: Run): Promise<void> {
  const [summary] = await summarizeRuns(client.db, [run])
  answer(io, options, summary, (width) => story(summary as RunSummary, width))
  io.setExit(EXITS[run.status] ?? EXIT.failed)
}

/** Left while delivering, its statements are done and their mails are not. */
const EXITS: Readonly<Record<string, number>> = { succeeded: EXIT.done, partial: EXIT.partly, delivering: EXIT.partly }

function story(run: RunSummary, width: number): string {
  const reasons = Object.entries(run.reasons).map(([reason, count]) => `${count} ${reason}`)
  return [
    runTable([run], width),
    ...(reasons.length > 0 ? [`not sent: ${reasons.join(', ')}`] : []),
    ...run.untied.map((one) => untiedLine(run, one)),
    ...(run.error ? [run.error] : []),
  ].join('\n')
}
