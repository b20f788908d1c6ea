import { sql } from 'kysely'
import type { Database } from '../connection/client.ts'

/** How to reach a partner. `email` is as imported and may be empty or no address at all. */
interface Contact {
  readonly partnerId: string
  readonly name: string
  readonly email: string
  readonly locale: string | null
}

/** Contacts of an account's partners, or of some of them. */
export async function listContacts(db: Database, accountId: number, partners?: readonly string[]): Promise<Contact[]> {
  const rows = await db
    .selectFrom('partners')
    .select(['partner_id', 'name', 'email', 'locale'])
    .where('account_id', '=', accountId)
    .$if(partners !== undefined, (query) => query.where('partner_id', 'in', partners as string[]))
    .execute()
  return rows.map((row) => ({ partnerId: row.partner_id, name: row.name, email: row.email, locale: row.locale }))
}

/** Which of these ids no partner of the account has. */
export async function findUnknownPartners(
  db: Database,
  accountId: number,
  partners: readonly string[],
): Promise<string[]> {
  if (partners.length === 0) return []
  const known = new Set((await listContacts(db, accountId, partners)).map((contact) => contact.partnerId))
  return partners.filter((id) => !known.has(id))
}

/** The ids of an account's partners that another has but for the case of its ASCII letters. */
export async function listAlikePartners(db: Database, accountId: number): Promise<Set<string>> {
  const { rows } = await sql<{ partner_id: string }>`
    select unnest(array_agg(partner_id)) as partner_id from partners where account_id = ${accountId}
    group by lower(partner_id collate "C") having count(*) > 1`.execute(db)
  return new Set(rows.map((row) => row.partner_id))
}
