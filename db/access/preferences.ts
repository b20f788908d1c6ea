import { sql } from 'kysely'
import { type Database, inTransaction, type Writer } from '../connection/client.ts'
import { insertAudit } from './audit.ts'

/** The flags of a partner's facts and form, and what they turn on and off: a report, or what is sent elsewhere. */
export const TOPICS = {
  send_monthly_summary: 'monthly-summary',
  send_reseller_weekly_summary: 'reseller-weekly',
  send_newsletter: 'newsletter',
  send_notifications: 'notifications',
} as const

export type SendFlag = keyof typeof TOPICS

/**
 * Partners of the account that do not want `topic` (a report's name). The later of two wishes counts. One of the partner
 * itself, and an imported flag that changed a stored one, are in `preferences`, each in its turn; a flag that came with the
 * partner and has not changed since counts where nobody wished anything. A report without a flag is wanted.
 */
export async function optedOut(
  db: Database,
  accountId: number,
  topic: string,
  flag?: SendFlag,
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

/** What counts now of a partner's flags; undefined where the account has no such partner. */
export async function listWishes(
  db: Database,
  accountId: number,
  partnerId: string,
): Promise<Record<SendFlag, boolean> | undefined> {
  const wishes = Object.entries(TOPICS).map(
    ([flag, topic]) =>
      sql`coalesce(max(f.wanted::int) filter (where f.topic = ${topic}) = 1, p.${sql.ref(flag)}) as ${sql.ref(flag)}`,
  )
  const { rows } = await sql<Record<SendFlag, boolean>>`
    select ${sql.join(wishes)} from partners p left join preferences f using (account_id, partner_id)
    where p.account_id = ${accountId} and p.partner_id = ${partnerId} group by p.account_id, p.partner_id`.execute(db)
  return rows[0]
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

/**
 * Turns one report off for one partner, at once (docs/definitions.md, Mails), and writes it down; a second time changes nothing. False where the
 * account has no such partner.
 */
export function unsubscribe(db: Database, request: UnsubscribeRequest): Promise<boolean> {
  const { accountId, partnerId, report: topic, source, now } = request
  return inTransaction(db, async (writer) => {
    if ((await findPreference(writer, accountId, partnerId, topic)) === false) return true
    const known = await setPreference(writer, { accountId, partnerId, topic, wanted: false, source }, now)
    const entry = { at: now, actor: `partner ${partnerId}, ${source}`, target: partnerId, accountId }
    if (known) await insertAudit(writer, { ...entry, action: 'preferences.update', after: { [topic]: false } })
    return known
  })
}

/** What was last wished, under a lock; undefined where nothing was. */
async function findPreference(writer: Writer, accountId: number, partnerId: string, topic: string) {
  const row = await writer
    .selectFrom('preferences')
    .select('wanted')
    .where('account_id', '=', accountId)
    .where('partner_id', '=', partnerId)
    .where('topic', '=', topic)
    .forUpdate()
    .executeTakeFirst()
  return row?.wanted
}

interface UnsubscribeRequest {
  readonly accountId: number
  readonly partnerId: string
  readonly report: string
  readonly source: string
  readonly now: Date
}
