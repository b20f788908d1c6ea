import type { Command } from 'commander'
import { answer, type Io, withConnections } from './command.ts'

/** `migrate`: every command brings the schema up to date; this one does nothing else. */
export function addMigrate(program: Command, io: Io): void {
  program
    .command('migrate')
    .option('--json', 'print one JSON document')
    .description('bring the schema up to date; safe to run from several machines at once')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… bursar migrate')
    .action(async (options: { json?: boolean }) => {
      await withConnections(io, async () => undefined)
      answer(io, options, { migrated: true }, () => 'the schema is up to date')
    })
}
