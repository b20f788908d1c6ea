import type { Database } from '../connection/client.ts'
import type { Calendar } from '../values/calendar.ts'
import { type CalendarRow, calendarColumns, calendarOf } from './account-calendar.ts'

/** A company that runs a partner program. `withdrawalMinimum` in minor units of `currency`. */
export interface Account {
  readonly accountId: number
  readonly name: string
  /** The zone in force now. */
  readonly timeZone: string
  /** Where its dates begin, if that is more than the zone. */
  readonly calendar?: Calendar
  readonly currency: string
  readonly locale: string
  readonly withdrawalMinimum: bigint
  readonly holdDays: number
  readonly replyTo: string | null
  readonly brandColor: string | null
  readonly logoFile: string | null
}

export async function findAccount(db: Database, accountId: number): Promise<Account | undefined> {
  const row = await selectAccounts(db).where('a.account_id', '=', accountId).executeTakeFirst()
  return row && accountOf(row)
}

export async function listAccounts(db: Database): Promise<Account[]> {
  const rows = await selectAccounts(db).orderBy('a.account_id').execute()
  return rows.map(accountOf)
}

const selectAccounts = (db: Database) => db.selectFrom('accounts as a').selectAll('a').select(calendarColumns('a'))

function accountOf(
  row: CalendarRow & {
    account_id: number
    name: string
    timezone: string
    currency: string
    locale: string
    withdrawal_minimum: string
    hold_days: number
    reply_to: string | null
    brand_color: string | null
    logo_file: string | null
  },
): Account {
  const calendar = calendarOf(row.timezone, row)
  return {
    accountId: row.account_id,
    name: row.name,
    timeZone: row.timezone,
    ...(calendar && { calendar }),
    currency: row.currency,
    locale: row.locale,
    withdrawalMinimum: BigInt(row.withdrawal_minimum),
    holdDays: row.hold_days,
    replyTo: row.reply_to,
    brandColor: row.brand_color,
    logoFile: row.logo_file,
  }
}
