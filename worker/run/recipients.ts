import type { Database, Snapshot } from '../../db/client.ts'
import type { Run } from '../../db/ledger/runs.ts'
import { listContacts } from '../../db/partners.ts'
import type { Subject } from '../../templates/statement.ts'
import { parseAddress } from '../mail/address.ts'

/** Valid addresses of a subject; none where it has none. */
export interface Recipients {
  (subject: Subject): readonly string[]
  /** Why it has none: nobody named one, or what was named is none. Null where it has some. */
  readonly why: (subject: Subject) => 'no_address' | 'unreadable_address' | null
}

/** A partner's own address; for the account and its funnels the addresses that the schedule names (SPEC 7). */
export async function findRecipients(
  db: Database,
  snapshot: Snapshot,
  run: Pick<Run, 'account_id' | 'report' | 'partners'>,
): Promise<Recipients> {
  const contacts = await listContacts(snapshot, run.account_id, run.partners ?? undefined)
  const emails = new Map(contacts.map((contact) => [contact.partnerId, [contact.email]]))
  const schedule = await db
    .selectFrom('schedules')
    .select('recipients')
    .where('account_id', '=', run.account_id)
    .where('report', '=', run.report)
    .executeTakeFirst()
  const own = schedule?.recipients ?? []
  const named = (subject: Subject) => (subject.kind === 'partner' ? (emails.get(subject.partner_id) ?? []) : own)
  const why = (subject: Subject) => {
    if (valid(named(subject)).length > 0) return null
    return named(subject).some((address) => address.trim() !== '') ? 'unreadable_address' : 'no_address'
  }
  return Object.assign((subject: Subject) => valid(named(subject)), { why })
}

function valid(addresses: readonly string[]): string[] {
  const found = addresses.map((address) => parseAddress(address)).filter((address) => address !== undefined)
  return [...new Map(found.map((address) => [address.toLowerCase(), address])).values()]
}
