import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { licenseStatus } from './definitions.ts'
import { type LicenseSelection, selected } from './license-selection.ts'

export interface LicenseCount {
  readonly partnerId: string
  readonly program: 'affiliate' | 'solution'
  readonly product: string
  readonly status: 'trial' | 'paid' | 'expired'
  readonly licenses: number
}

/** How many licences of a selection there are of each kind; without `each`, of all partners together. */
export async function licenseBreakdown(
  db: Snapshot,
  account: Account,
  selection: LicenseSelection,
  { each = false }: { each?: boolean } = {},
): Promise<LicenseCount[]> {
  const result = await sql<LicenseCount>`
    select ${each ? sql`l.partner_id` : sql`''`} as "partnerId", l.program, l.product, ${licenseStatus(selection.asOf)} as status,
      count(*)::int as licenses
    from licenses l where ${selected(account, selection)} group by 1, 2, 3, 4`.execute(db)
  return result.rows
}
