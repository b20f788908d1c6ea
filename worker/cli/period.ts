import type { Command } from 'commander'
import { findAccount } from '../../db/accounts.ts'
import { timeZoneFault } from '../../db/values/zone.ts'
import { describePeriod, PeriodError, parsePeriod, resolvePeriod } from '../../jobs/period.ts'
import { takeZones } from '../config/zones.ts'
import { ConfigError } from '../config.ts'
import { answer, type Io, UsageError, withBase } from './command.ts'
import { table } from './table.ts'

/** `period KEY…`: what a key means. Without `--timezone` in the zone of account 1. */
export function addPeriod(program: Command, io: Io): void {
  program
    .command('period')
    .argument('<keys...>', 'period keys, or last-month, last-week, yesterday')
    .option('--timezone <zone>', 'IANA time zone (default: the zone of account 1)')
    .option('--json', 'print one JSON document')
    .description('what a key means: from, to (UTC instants), hours, previous and next key')
    .addHelpText('after', '\nExample:\n  bursar period 2018-W42 --timezone America/Sao_Paulo')
    .action(async (keys: string[], options: { timezone?: string; json?: boolean }) => {
      const { problems } = takeZones(io.env)
      if (problems.length > 0) throw new ConfigError(problems)
      const zone = options.timezone ?? (await firstZone(io))
      const expected = timeZoneFault(zone)
      if (expected) throw new UsageError(`--timezone ${JSON.stringify(zone)}: expected ${expected}`)
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

function describe(key: string, zone: string, now: Date) {
  try {
    return describePeriod(parsePeriod(resolvePeriod(key, now, zone), zone))
  } catch (error) {
    throw error instanceof PeriodError ? new UsageError(error.message) : error
  }
}

const firstZone = (io: Io): Promise<string> =>
  withBase(io, async ({ client }) => (await findAccount(client.db, 1))?.timeZone ?? 'UTC')
