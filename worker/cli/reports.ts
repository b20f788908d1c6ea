import type { Command } from 'commander'
import { catalogue } from '../actions/catalogue.ts'
import { answer, type Io, withConnections } from './command.ts'
import { table } from './table.ts'

/** `reports`: the catalogue. */
export function addReports(program: Command, io: Io): void {
  program
    .command('reports')
    .option('--json', 'print one JSON document')
    .description('the catalogue: name, audience, schedule, next three occurrences')
    .addHelpText('after', '\nExample:\n  bursar reports')
    .action(async (options: { json?: boolean }) => {
      const found = await withConnections(io, (connections) => catalogue(connections.client.db, io.clock()))
      answer(io, options, found, (width) =>
        table(
          ['REPORT', 'AUDIENCE', 'SCHEDULE', 'NEXT'],
          found.map((one) => [
            one.name,
            one.audience,
            one.schedule ? `${one.schedule.cron} (${one.schedule.timezone})` : 'on demand',
            one.next.join(' '),
          ]),
          width,
        ),
      )
    })
}
