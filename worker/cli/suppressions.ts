import type { Command } from 'commander'
import { listSuppressions, type Suppression, type SuppressionsOf } from '../../db/ledger/deliveries/suppressions.ts'
import { findRunOrThrow } from '../actions/control-run.ts'
import { liftSuppressions } from '../actions/lift-suppressions.ts'
import type { Connections } from '../runtime/connections.ts'
import { answer, COMMAND_LINE, type Io, UsageError, withConnections } from './command.ts'
import { table } from './table.ts'

interface Which {
  readonly reply?: string
  readonly run?: string
  readonly json?: boolean
}

const MOST = 1000
const REPLY = ['--reply <text>', 'those whose mail server said this, or a part of it'] as const
const RUN = ['--run <id>', 'those that this run met'] as const

/** `suppressions list` and `suppressions lift`: addresses that get no mail because a server refused them for good. */
export function addSuppressions(program: Command, io: Io): void {
  const suppressions = program
    .command('suppressions')
    .description('addresses that get no more mail')
    .addHelpText('after', '\nExample:\n  bursar suppressions list --reply "550 5.1.1"')
  suppressions
    .command('list')
    .option(...REPLY)
    .option(...RUN)
    .option('--json', 'print one JSON document')
    .description('newest first, 1,000 at the most')
    .addHelpText('after', '\nExample:\n  bursar suppressions list --run 3f0c…')
    .action(async (options: Which) => {
      const found = await withConnections(io, (connections) => find(connections, options))
      answer(io, options, found, (width) => tableOf(found, width))
    })
  suppressions
    .command('lift')
    .argument('[address]', 'one address')
    .option(...REPLY)
    .option(...RUN)
    .option('--yes', 'lift more than one without asking to see them first')
    .option('--json', 'print one JSON document')
    .description('let mail go there again; `retry` sends what was kept back')
    .addHelpText('after', '\nExample:\n  bursar suppressions lift --reply "relay access denied" --yes')
    .action(async (address: string | undefined, options: Which & { yes?: boolean }) => {
      if ([address, options.reply, options.run].filter((one) => one !== undefined).length !== 1)
        throw new UsageError('suppressions lift: expected one of an address, --reply TEXT and --run ID')
      const lifted = await withConnections(io, (connections) => lift(io, connections, address, options))
      answer(io, options, lifted, (width) => `${tableOf(lifted, width)}\n${lifted.length} lifted`)
    })
}

async function lift(
  io: Io,
  connections: Connections,
  address: string | undefined,
  options: Which & { yes?: boolean },
): Promise<Suppression[]> {
  const { client, clock } = connections
  const found = await find(connections, options, address)
  if (found.length === 0)
    throw new UsageError(`suppressions lift: ${address ?? options.reply ?? options.run} is not suppressed`)
  if (found.length > 1 && !options.yes) {
    io.stderr.write(`${tableOf(found, 80)}\n`)
    throw new UsageError(`suppressions lift: that is ${found.length} addresses; say --yes to lift them all`)
  }
  return liftSuppressions({ db: client.db, clock }, await whichOf(connections, options, address), COMMAND_LINE)
}

const find = async (connections: Connections, options: Which, address?: string): Promise<Suppression[]> =>
  listSuppressions(connections.client.db, { ...(await whichOf(connections, options, address)), limit: MOST })

async function whichOf({ client }: Connections, { reply, run }: Which, address?: string): Promise<SuppressionsOf> {
  return { address, reply, run: run === undefined ? undefined : (await findRunOrThrow(client, run)).id }
}

const tableOf = (rows: readonly Suppression[], width: number): string =>
  table(
    ['ADDRESS', 'SINCE', 'REPLY'],
    rows.map(({ created_at, address, reply }) => [address, created_at.toISOString().slice(0, 10), reply]),
    width,
  )
