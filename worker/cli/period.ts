import type { Command } from 'commander'
import { findAccount } from '../../db/access/accounts.ts'
import { timeZoneFault } from '../../db/values/zone.ts'
import {
  describePeriod,
  PeriodError,
  type Place,
  parsePeriod,
  placeOf,
  resolvePeriod,
} from '../../jobs/calendar/period.ts'
import { ConfigError } from '../config/config.ts'
import { takeZones } from '../config/zones.ts'
import { answer, type Io, UsageError, withConnections } from './command.ts'
import { table } from './table.ts'

/** `period KEY…`: what a key means. Without `--timezone` in the zone of account 1. */
export function addPeriod(program: Command, io: Io): void {
  program
    .command('period')
    .argument('<keys...>', 'period keys, or last-month, last-week, yesterday')
    .option('--timezone <zone>', 'IANA time zone (default: those of account 1, with what it has sealed)')
    .option('--json', 'print one JSON document')
    .description('what a key means: from, to (UTC instants), hours, previous and next key')
    .addHelpText('after', '\nExample:\n  bursar period 2018-W42 --timezone America/Sao_Paulo')
    .action(async (keys: string[], options: { timezone?: string; json?: boolean }) => {
      const { problems } = takeZones(io.env)
      if (problems.length > 0) throw new ConfigError(problems)
      const expected = options.timezone === undefined ? undefined : timeZoneFault(options.timezone)
      if (expected) throw new UsageError(`--timezone ${JSON.stringify(options.timezone)}: expected ${expected}`)
      const zone = options.timezone ?? (await firstCalendar(io))
      const found = keys.map((key) => describe(key, zone, io.clock()))
      answer(io, options, found.length === 1 ? found[0] : found, (width) =>
        table(
          ['KEY', 'FROM', 'TO', 'HOURS', 'PREVIOUS', 'NEXT'],
          found.map((one) => [one.key, one.from, one.to, String(one.hours), one.previous ?? '–', one.next ?? '–']),
          width,
        ),
      )
    })
}

function describe(key: string, zone: Place, now: Date) {
  try {
    return describePeriod(parsePeriod(resolvePeriod(key, now, zone), zone))
  } catch (error) {
    throw error instanceof PeriodError ? new UsageError(error.message) : error
  }
}

const firstCalendar = (io: Io): Promise<Place> =>
  withConnections(io, async ({ client }) => {
    const account = await findAccount(client.db, 1)
    return account ? placeOf(account) : 'UTC'
  })
