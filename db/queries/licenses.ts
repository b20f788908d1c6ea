import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { column, inPeriod, isConversion, isTrial, ofAccount, type PartnerIds, type Span } from './definitions.ts'

/** What happened to a partner's licences in a period; trials and conversions are those of the affiliate program. */
export interface LicenseCounts {
  readonly created: number
  readonly converted: number
  readonly expired: number
  readonly trials: number
  readonly conversions: number
}

export const NO_LICENSES: LicenseCounts = { created: 0, converted: 0, expired: 0, trials: 0, conversions: 0 }

/** Per partner; partners to whose licences nothing happened are not in the map. `program` left out: both. */
export async function licenseCounts(
  db: Snapshot,
  account: Account,
  period: Span,
  { partners, program }: { readonly partners?: PartnerIds; readonly program?: string } = {},
): Promise<Map<string, LicenseCounts>> {
  const created = inPeriod(column('l', 'created_at'), period)
  const converted = inPeriod(column('l', 'converted_at'), period)
  const expired = inPeriod(column('l', 'expires_at'), period)
  const { rows } = await sql<{ partner_id: string } & Record<keyof LicenseCounts, string>>`
    select l.partner_id, count(*) filter (where ${created}) as created, count(*) filter (where ${converted}) as converted,
      count(*) filter (where ${expired}) as expired, count(*) filter (where ${isTrial(period)}) as trials,
      count(*) filter (where ${isConversion(period)}) as conversions
    from licenses l
    where ${ofAccount(account.accountId, partners, 'l')} ${program === undefined ? sql`` : sql`and l.program = ${program}`}
      and (${created} or ${converted} or ${expired})
    group by l.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, countsOf(row)]))
}

const countsOf = (row: Record<keyof LicenseCounts, string>): LicenseCounts => ({
  created: Number(row.created),
  converted: Number(row.converted),
  expired: Number(row.expired),
  trials: Number(row.trials),
  conversions: Number(row.conversions),
})
