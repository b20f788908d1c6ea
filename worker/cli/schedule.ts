import type { Command } from 'commander'
import {
  changeAudited,
  describeSchedules,
  type ScheduleChange,
  type ScheduleDescription,
} from '../actions/change-schedule.ts'
import { answer, COMMAND_LINE, type Io, UsageError, withConnections } from './command.ts'
import { parseAccount } from './options.ts'
import { table } from './table.ts'

interface SetOptions {
  readonly account: number
  readonly cron?: string
  readonly timezone?: string
  readonly enable?: boolean
  readonly disable?: boolean
  readonly recipients?: string
  readonly catchUp?: string
  readonly maxAgeDays?: string
  readonly readiness?: string
  readonly json?: boolean
}

/** `schedule list` and `schedule set` (docs/operating.md, Schedules). */
export function addSchedule(program: Command, io: Io): void {
  const schedule = program
    .command('schedule')
    .description('when reports run by themselves')
    .addHelpText('after', '\nExample:\n  bursar schedule list')
  schedule
    .command('list')
    .option('--account <n>', 'only this account', parseAccount)
    .option('--json', 'print one JSON document')
    .description('every schedule with its next five occurrences')
    .addHelpText('after', '\nExample:\n  bursar schedule list')
    .action(async (options: { account?: number; json?: boolean }) => {
      const found = await withConnections(io, ({ client }) => describeSchedules(client.db, io.clock(), options.account))
      answer(io, options, found, (width) => listed(found, width))
    })
  schedule
    .command('set')
    .argument('<report>', 'a scheduled report of the catalogue')
    .option('--account <n>', 'account', parseAccount, 1)
    .option(
      '--cron <line>',
      'minute hour day-of-month month day-of-week; L, or a day that a month has not, is its last',
    )
    .option('--timezone <zone>', 'zone of the cron line, such as Europe/Warsaw; "account" for the account’s own')
    .option('--enable', 'switch it on; what passed while it was off is not caught up')
    .option('--disable', 'switch it off')
    .option('--recipients <addresses>', 'who gets a report of the account, joined by commas; "" for nobody')
    .option('--catch-up <policy>', 'what to do about missed periods: latest, all or none')
    .option('--max-age-days <n>', 'periods whose slot is older are not caught up')
    .option('--readiness <json>', 'tables that must be complete first, such as {"tables": ["commissions"]}; "none"')
    .option('--json', 'print one JSON document')
    .description('change a schedule; it takes effect at once, without a restart')
    .addHelpText(
      'after',
      '\nExample:\n  bursar schedule set monthly-summary --cron "0 7 2 * *" --timezone Europe/Warsaw',
    )
    .action(async (report: string, options: SetOptions) => {
      const change = changeOf(options)
      const which = { accountId: options.account, report, actor: COMMAND_LINE }
      const { after } = await withConnections(io, ({ client }) => changeAudited(client.db, which, change, io.clock()))
      answer(io, options, after, (width) => listed([after], width))
    })
}

function changeOf(options: SetOptions): ScheduleChange {
  if (options.enable && options.disable) throw new UsageError('--enable and --disable exclude each other')
  const { cron, timezone, recipients, catchUp, maxAgeDays, readiness } = options
  const change = {
    cron,
    timezone: timezone === 'account' ? null : timezone,
    enabled: options.enable ? true : options.disable ? false : undefined,
    recipients: recipients?.split(',').flatMap((address) => address.trim() || []),
    catch_up: catchUp,
    max_age_days: maxAgeDays === undefined ? undefined : daysOf(maxAgeDays),
    readiness: readiness === undefined ? undefined : readinessOf(readiness),
  }
  if (Object.values(change).some((value) => value !== undefined)) return change
  throw new UsageError('schedule set: expected something to change, such as --cron "0 6 1 * *"')
}

function daysOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new UsageError(`--max-age-days ${JSON.stringify(text)}: expected a whole number of days`)
}

function readinessOf(text: string): unknown {
  if (text === 'none') return null
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(
      `--readiness ${JSON.stringify(text)}: expected JSON such as {"tables": ["commissions"]}, or none`,
      {
        cause,
      },
    )
  }
}

const listed = (schedules: readonly ScheduleDescription[], width: number): string =>
  table(
    ['ACCOUNT', 'REPORT', 'CRON', 'TIME ZONE', 'NEXT'],
    schedules.flatMap(({ account_id, report, cron, timezone, enabled, next }) => [
      [String(account_id), report, cron, timezone, enabled ? (next[0] ?? 'never') : 'disabled'],
      ...next.slice(1).map((at) => ['', '', '', '', at]),
    ]),
    width,
  )
