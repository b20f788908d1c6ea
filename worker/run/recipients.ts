import type { Database, Snapshot } from '../../db/client.ts'
import type { Run } from '../../db/ledger/runs.ts'
import { listContacts } from '../../db/partners.ts'
import type { Subject } from '../../templates/statement.ts'
import { parseAddress } from '../mail/address.ts'

/** Valid addresses of a subject; none where it has none. */
export type Recipients = (subject: Subject) => readonly string[]

/** A partner's own address; for the account and its funnels the addresses that the schedule names (SPEC 7). */
export async function findRecipients(
  db: Database,
  snapshot: Snapshot,
  run: Pick<Run, 'account_id' | 'report' | 'partners'>,
): Promise<Recipients> {
  const contacts = await listContacts(snapshot, run.account_id, run.partners ?? undefined)
  const emails = new Map(contacts.map((contact) => [contact.partnerId, valid([contact.email])]))
  const schedule = await db
    .selectFrom('schedules')
    .select('recipients')
    .where('account_id', '=', run.account_id)
    .where('report', '=', run.report)
    .executeTakeFirst()
  const own = valid(schedule?.recipients ?? [])
  return (subject) => (subject.kind === 'partner' ? (emails.get(subject.partner_id) ?? []) : own)
}

function valid(addresses: readonly string[]): string[] {
  const found = addresses.map((address) => parseAddress(address)).filter((address) => address !== undefined)
  return [...new Map(found.map((address) => [address.toLowerCase(), address])).values()]
}
