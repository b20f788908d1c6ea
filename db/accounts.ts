import type { Database } from './client.ts'

/** A company that runs a partner program. `withdrawalMinimum` in minor units of `currency`. */
export interface Account {
  readonly accountId: number
  readonly name: string
  readonly timeZone: string
  readonly currency: string
  readonly locale: string
  readonly withdrawalMinimum: bigint
  readonly holdDays: number
  readonly replyTo: string | null
  readonly brandColor: string | null
  readonly logoFile: string | null
}

export async function findAccount(db: Database, accountId: number): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('account_id', '=', accountId).executeTakeFirst()
  return row && accountOf(row)
}

export async function listAccounts(db: Database): Promise<Account[]> {
  const rows = await db.selectFrom('accounts').selectAll().orderBy('account_id').execute()
  return rows.map(accountOf)
}

function accountOf(row: {
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
}): Account {
  return {
    accountId: row.account_id,
    name: row.name,
    timeZone: row.timezone,
    currency: row.currency,
    locale: row.locale,
    withdrawalMinimum: BigInt(row.withdrawal_minimum),
    holdDays: row.hold_days,
    replyTo: row.reply_to,
    brandColor: row.brand_color,
    logoFile: row.logo_file,
  }
}
