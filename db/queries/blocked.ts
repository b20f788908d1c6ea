import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import type { Sql } from './definitions.ts'

/**
 * Which entries of `commissions c` are blocked: marked so, or of a blocked licence. Looks once whether there is such a
 * licence (a partial index answers), so that an account without one pays for no join. Behind the walls the licences are
 * those that one's own entries name, whoever has them; before them all are there, and a plain join runs on every core.
 */
export async function blockedEntries(db: Snapshot, account: Account): Promise<{ join: Sql; is: Sql }> {
  const { rows } = await sql<{ walled: boolean; listed: boolean; named: boolean }>`
    select current_user = 'bursar_tenant' as walled, ${anyBlocked(account, 'licenses')} as listed,
      ${anyBlocked(account, 'entry_licenses')} as named`.execute(db)
  const { walled, listed, named } = rows[0] ?? { walled: false, listed: false, named: false }
  if (!(walled ? named : listed)) return { join: sql``, is: sql`c.blocked` }
  const licenses = sql.table(walled ? 'entry_licenses' : 'licenses')
  const join = sql`left join ${licenses} bl on bl.account_id = ${account.accountId} and bl.license_id = c.license_id and bl.blocked`
  return { join, is: sql`(c.blocked or bl.license_id is not null)` }
}

const anyBlocked = ({ accountId }: Account, licenses: string): Sql =>
  sql`exists (select from ${sql.table(licenses)} bl where bl.account_id = ${accountId} and bl.blocked)`
