import type { Writer } from '../../connection/client.ts'

/** The UUID as the account has it; undefined where no partner of the account has it. */
export async function findPartnerUuid(db: Writer, accountId: number, uuid: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('partners')
    .select('uuid')
    .where('account_id', '=', accountId)
    .where('uuid', '=', uuid)
    .executeTakeFirst()
  return row?.uuid
}
