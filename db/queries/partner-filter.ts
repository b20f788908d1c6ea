import { sql } from 'kysely'
import { v5 } from 'uuid'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { isUuid } from '../values/ids.ts'
import { column, ofAccount, type Sql } from './definitions.ts'

/** Which partners; what is left out does not filter, an empty list matches nobody. Lists take UUIDs or names. */
export interface PartnerFilter {
  readonly type?: 'referral' | 'reseller' | 'distributor'
  /** UUIDs, names or partner ids. */
  readonly partners?: readonly string[]
  readonly categories?: readonly string[]
  readonly tiers?: readonly string[]
  readonly stages?: readonly string[]
}

type Label = 'category' | 'tier' | 'stage'

/** Categories, tiers and stages have no table: their UUID is version 5 of the name within the account (docs/data-api.md, Choices). */
export function labelUuid(account: Account, label: Label, name: string): string {
  return v5(name, v5(`account/${account.accountId}/${label}`, v5.URL))
}

export const isFiltered = (filter: PartnerFilter): boolean =>
  [filter.type, filter.partners, filter.categories, filter.tiers, filter.stages].some((part) => part !== undefined)

/** The filter as a condition on `partners`. */
export async function partnerCondition(
  db: Snapshot,
  account: Account,
  filter: PartnerFilter,
  alias = 'p',
): Promise<Sql> {
  const conditions = [ofAccount(account.accountId, undefined, alias)]
  if (filter.type !== undefined) conditions.push(sql`${column(alias, 'type')} = ${filter.type}`)
  if (filter.partners) conditions.push(isOneOf(filter.partners, alias))
  for (const [label, wanted] of labels(filter)) {
    const names = await namesOf(db, account, label, wanted)
    conditions.push(sql`${column(alias, label)} = any(${names}::text[])`)
  }
  return sql.join(conditions, sql` and `)
}

function labels(filter: PartnerFilter): [Label, readonly string[]][] {
  const given: [Label, readonly string[] | undefined][] = [
    ['category', filter.categories],
    ['tier', filter.tiers],
    ['stage', filter.stages],
  ]
  return given.filter((pair): pair is [Label, readonly string[]] => pair[1] !== undefined)
}

function isOneOf(partners: readonly string[], alias: string): Sql {
  const uuids = partners.filter((text) => isUuid(text))
  return sql`(${column(alias, 'uuid')} = any(${uuids}::uuid[]) or ${column(alias, 'name')} = any(${[...partners]}::text[])
    or ${column(alias, 'partner_id')} = any(${[...partners]}::text[]))`
}

async function namesOf(db: Snapshot, account: Account, label: Label, wanted: readonly string[]): Promise<string[]> {
  const uuids = new Set(wanted.filter((text) => isUuid(text)).map((text) => text.toLowerCase()))
  if (uuids.size === 0) return [...wanted]
  const known = await sql<{ name: string }>`select distinct ${sql.ref(label)} as name from partners
    where account_id = ${account.accountId} and ${sql.ref(label)} is not null`.execute(db)
  const named = known.rows.map((row) => row.name).filter((name) => uuids.has(labelUuid(account, label, name)))
  return [...wanted, ...named]
}
