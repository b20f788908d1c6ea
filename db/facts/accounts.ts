import { sql } from 'kysely'
import type { Database } from '../connection/client.ts'
import type { DefaultSchedule } from './load/schedules.ts'

/** A fresh install has account 1 (docs/installing.md, Commands), with its schedules; where there is any account this does nothing. */
export async function ensureFirstAccount(
  db: Database,
  now: Date,
  schedules: readonly DefaultSchedule[],
): Promise<void> {
  if (await hasAccount(db)) return // without the lock, for which a start would wait while an import runs
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('import all accounts', 0))`.execute(transaction)
    if (await hasAccount(transaction)) return
    await transaction.insertInto('accounts').values(FIRST).execute()
    const rows = schedules.map((schedule) => ({ ...schedule, account_id: 1, created_at: now, updated_at: now }))
    if (rows.length) await transaction.insertInto('schedules').values(rows).execute()
  })
}

async function hasAccount(db: Database): Promise<boolean> {
  return (await db.selectFrom('accounts').select('account_id').limit(1).executeTakeFirst()) !== undefined
}

const FIRST = {
  account_id: 1,
  name: 'Partner program',
  timezone: 'UTC',
  currency: 'USD',
  locale: 'en-US',
  withdrawal_minimum: 5000n,
}
