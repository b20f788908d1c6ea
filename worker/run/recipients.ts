import { listContacts } from '../../db/access/partners.ts'
import { optedOut } from '../../db/access/preferences.ts'
import type { Database, Snapshot } from '../../db/connection/client.ts'
import type { PresentAddresses } from '../../db/ledger/deliveries/retries.ts'
import { type Standing, subjectKey } from '../../db/ledger/statements/standings.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import type { Subject } from '../../templates/statement.ts'
import { parseAddress } from '../values/address.ts'
import { subjectId } from './subject.ts'

/** Where a subject's mail goes: valid addresses, or the reason why it gets none (docs/definitions.md, Guarantees). */
export type Recipients = (subject: Subject) => Route
export type Route =
  | { readonly addresses: readonly [string, ...string[]] }
  | { readonly addresses: readonly []; readonly reason: Unmailed }

/** `no_address`: nobody named one; `unreadable_address`: what was named is none. */
type Unmailed = 'opted_out' | 'mail_off' | 'no_address' | 'unreadable_address'

interface Asked {
  readonly accountId: number
  readonly report: ReportDefinition
  readonly partners: readonly string[] | undefined
  readonly mail: boolean
  readonly standings: ReadonlyMap<string, Standing>
}

/**
 * A partner's own address, where it wants the report; for the account and its funnels the addresses that the schedule
 * names (docs/operating.md, Schedules). A partner that is no more is told of a correction where it was last told anything.
 */
export async function findRecipients(db: Database, snapshot: Snapshot, asked: Asked): Promise<Recipients> {
  const { accountId, report, partners, mail, standings } = asked
  const contacts = await listContacts(snapshot, accountId, partners)
  const emails = new Map(contacts.map((contact) => [contact.partnerId, contact.email]))
  const unwanted = await optedOut(snapshot, accountId, report.name, report.optOut, partners)
  const own = await scheduledAddresses(db, accountId, report.name)
  const named = (subject: Subject): readonly string[] => {
    if (subject.kind !== 'partner') return own
    const standing = standings.get(subjectKey(subject.kind, subjectId(subject)))
    const last = standing?.isGone ? standing.readers.find(({ told }) => told)?.address : undefined
    return [emails.get(subject.partner_id) ?? last ?? '']
  }
  return (subject) => {
    if (subject.kind === 'partner' && unwanted.has(subject.partner_id)) return { addresses: [], reason: 'opted_out' }
    if (!mail) return { addresses: [], reason: 'mail_off' }
    const [first, ...others] = valid(named(subject))
    if (first !== undefined) return { addresses: [first, ...others] }
    const isNamed = named(subject).some((address) => address.trim() !== '')
    return { addresses: [], reason: isNamed ? 'unreadable_address' : 'no_address' }
  }
}

async function scheduledAddresses(db: Database, accountId: number, report: string): Promise<string[]> {
  const schedule = await db
    .selectFrom('schedules')
    .select('recipients')
    .where('account_id', '=', accountId)
    .where('report', '=', report)
    .executeTakeFirst()
  return schedule?.recipients ?? []
}

/** Where the subjects of a report are mailed today, whether or not they want it: a claim asks for that. */
export async function findPresent(
  db: Database,
  of: { readonly account_id: number; readonly report: string },
): Promise<PresentAddresses> {
  const contacts = await listContacts(db, of.account_id)
  const emails = new Map(contacts.map((contact) => [contact.partnerId, contact.email]))
  const own = await scheduledAddresses(db, of.account_id, of.report)
  return ({ kind, id }) => {
    const named = kind === 'partner' ? emails.get(id) : own
    return named === undefined ? undefined : valid(typeof named === 'string' ? [named] : named)
  }
}

function valid(addresses: readonly string[]): string[] {
  const found = addresses.map((address) => parseAddress(address)).filter((address) => address !== undefined)
  return [...new Map(found.map((address) => [address.toLowerCase(), address])).values()]
}
