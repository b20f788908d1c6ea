import { sql } from 'kysely'
import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import type { Sql } from './definitions.ts'

/**
 * Which entries of `commissions c` are blocked: marked so, or of a blocked licence. Looks once whether the account has
 * such a licence (a partial index answers), so that an account without one pays for no join.
 */
export async function blockedEntries(db: Snapshot, account: Account): Promise<{ join: Sql; is: Sql }> {
  const { rows: found } = await sql`
    select from entry_licenses bl where bl.account_id = ${account.accountId} and bl.blocked limit 1`.execute(db)
  if (found.length === 0) return { join: sql``, is: sql`c.blocked` }
  const join = sql`left join entry_licenses bl on bl.account_id = ${account.accountId} and bl.license_id = c.license_id and bl.blocked`
  return { join, is: sql`(c.blocked or bl.license_id is not null)` }
}
