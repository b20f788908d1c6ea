import { sql } from 'kysely'
import { type ApiKey, createKey, listKeys, revokeKey } from '../../keys.ts'
import type { PartnerScope } from './scope.ts'

interface PartnerToken {
  readonly id: number
  readonly token: string
  readonly label: string
}

/** A new key of the partner; undefined where one in use has that label. Two at once wait for each other. */
export async function createPartnerToken(scope: PartnerScope, label: string): Promise<PartnerToken | undefined> {
  const { db, account, partnerId, now } = scope
  const line = `tokens of ${account.accountId}/${partnerId}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${line}, 0))`.execute(db)
  if ((await listPartnerTokens(scope)).some((key) => key.label === label)) return undefined
  return createKey(db, { kind: 'partner', accountId: account.accountId, partnerId, label, now })
}

/** The partner's keys in use, newest first. */
export const listPartnerTokens = ({ db, account, partnerId }: PartnerScope): Promise<ApiKey[]> =>
  listKeys(db, { accountId: account.accountId, partnerId })

/** Switches one of the partner's keys off; false where it has no such key in use. */
export const revokePartnerToken = ({ db, account, partnerId, now }: PartnerScope, id: number): Promise<boolean> =>
  revokeKey(db, id, now, { accountId: account.accountId, partnerId })
