import { sql } from 'kysely'
import type { Snapshot } from '../connection/client.ts'
import { ofAccount, type PartnerIds } from './definitions.ts'

/** A partner that a statement may be for. */
export interface PartnerSubject {
  readonly partnerId: string
  readonly name: string
  readonly programs: readonly string[]
}

/** Partners of the account by partner_id, in the same order on every machine. */
export async function listSubjects(
  db: Snapshot,
  accountId: number,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<PartnerSubject[]> {
  const { rows } = await sql<{ partner_id: string; name: string; programs: string[] }>`
    select p.partner_id, p.name, p.programs from partners p where ${ofAccount(accountId, partners, 'p')}
    order by p.partner_id collate "C"`.execute(db)
  return rows.map((row) => ({ partnerId: row.partner_id, name: row.name, programs: row.programs }))
}
