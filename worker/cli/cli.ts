import { Command, CommanderError } from 'commander'
import { NewerDatabase } from '../../db/connection/migrate.ts'
import { SharedSessions } from '../../db/connection/pooling.ts'
import { zoneDataVersion } from '../../db/values/zone.ts'
import { ConfigError } from '../config/config.ts'
import { takeZones } from '../config/zones.ts'
import { SettingsDiffer } from '../runtime/installation.ts'
import { Refused } from '../values/refused.ts'
import { version } from '../values/version.ts'
import { EXIT, type Io, note, UsageError } from './command.ts'
import { addControl } from './control.ts'
import { addDemo } from './demo.ts'
import { addImport } from './import.ts'
import { addLedger } from './ledger.ts'
import { addMigrate } from './migrate.ts'
import { addPeriod } from './period.ts'
import { addPreview } from './preview.ts'
import { addReports } from './reports.ts'
import { addRetry, addRun } from './run.ts'
import { addSchedule } from './schedule.ts'
import { addStart } from './start.ts'
import { addSuppressions } from './suppressions.ts'
import { addToken } from './token.ts'

const COMMANDS = [
  addStart,
  addMigrate,
  addImport,
  addReports,
  addRun,
  addPreview,
  addLedger,
  addRetry,
  addControl,
  addPeriod,
  addSchedule,
  addSuppressions,
  addToken,
  addDemo,
]

/** Parses the arguments, does the command, gives back the exit status (docs/installing.md, Commands). */
export async function runCommandLine(args: readonly string[], world: Omit<Io, 'setExit'>): Promise<number> {
  let exit: number = EXIT.done
  const setExit = (code: number) => {
    exit = code
  }
  const io: Io = { ...world, setExit }
  const program = new Command('bursar')
    .description('computes, seals, renders and mails the period statements of a partner program')
    .option('-V, --version', 'print the version, and that of the time zone data')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .addHelpText('after', '\nExample:\n  bursar run monthly-summary --period last-month --out statements/')
    .showHelpAfterError('(--help shows how it is used)')
    .exitOverride()
  for (const add of COMMANDS) add(program, io)
  program.on('option:version', () => tellVersion(io))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exit
  } catch (error) {
    return statusOf(error, io)
  }
}

/** Ends the command there, as commander's own would. */
function tellVersion(io: Io): never {
  const { problems } = takeZones(io.env)
  if (problems.length > 0) throw new ConfigError(problems)
  io.stdout.write(`bursar ${version} (tz data ${zoneDataVersion()})\n`)
  throw new CommanderError(EXIT.done, 'commander.version', version)
}

function statusOf(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if ([ConfigError, UsageError, SettingsDiffer, SharedSessions].some((kind) => error instanceof kind))
    return say(io, (error as Error).message, EXIT.usage)
  if (error instanceof Refused) return say(io, error.message, error.kind === 'conflict' ? EXIT.failed : EXIT.usage)
  if (error instanceof NewerDatabase) return say(io, error.message, EXIT.failed)
  return say(io, error instanceof Error ? `${error.message}${causes(error)}` : String(error), EXIT.failed)
}

function say(io: Io, text: string, code: number): number {
  note(io, `bursar: ${text}`)
  return code
}

const causes = (error: Error): string =>
  error.cause instanceof Error ? ` (${error.cause.message}${causes(error.cause)})` : ''
