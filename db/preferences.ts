import { sql } from 'kysely'
import type { Database } from './client.ts'

/** The imported flags of a partner that switch a report off. */
type OptOutFlag = 'send_monthly_summary' | 'send_reseller_weekly_summary'

/**
 * Partners of the account that do not want `topic` (a report's name). What somebody asked for later (a row in
 * `preferences`: an unsubscribe link) counts before the imported flag; a report without a flag is wanted.
 */
export async function optedOut(
  db: Database,
  accountId: number,
  topic: string,
  flag?: OptOutFlag,
  partners?: readonly string[],
): Promise<Set<string>> {
  const imported = flag ? sql<boolean>`p.${sql.ref(flag)}` : sql<boolean>`true`
  const some = partners ? sql`and p.partner_id = any(${partners}::text[])` : sql``
  const { rows } = await sql<{ partner_id: string }>`
    select p.partner_id from partners p
    left join preferences f on f.account_id = p.account_id and f.partner_id = p.partner_id and f.topic = ${topic}
    where p.account_id = ${accountId} ${some} and not coalesce(f.wanted, ${imported})`.execute(db)
  return new Set(rows.map((row) => row.partner_id))
}

/** Where a change of mind came from, kept beside it. */
interface PreferenceChange {
  readonly accountId: number
  readonly partnerId: string
  readonly topic: string
  readonly wanted: boolean
  readonly source: string
}

/** Notes what the partner wants; false where the account has no such partner. */
export async function setPreference(db: Database, change: PreferenceChange, now: Date): Promise<boolean> {
  const { rows } = await sql<{ partner_id: string }>`
    insert into preferences (account_id, partner_id, topic, wanted, source, changed_at)
    select account_id, partner_id, ${change.topic}, ${change.wanted}::boolean, ${change.source}, ${now}::timestamptz
    from partners where account_id = ${change.accountId} and partner_id = ${change.partnerId}
    on conflict (account_id, partner_id, topic) do update set wanted = excluded.wanted, source = excluded.source,
      changed_at = excluded.changed_at
    returning partner_id`.execute(db)
  return rows.length > 0
}

/** Turns one report off for one partner, at once (SPEC 9); false where the account has no such partner. */
export function unsubscribe(
  db: Database,
  { accountId, partnerId, report, source, now }: UnsubscribeRequest,
): Promise<boolean> {
  return setPreference(db, { accountId, partnerId, topic: report, wanted: false, source }, now)
}

interface UnsubscribeRequest {
  readonly accountId: number
  readonly partnerId: string
  readonly report: string
  readonly source: string
  readonly now: Date
}
