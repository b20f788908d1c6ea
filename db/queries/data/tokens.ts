import { sql } from 'kysely'
import { insertAudit } from '../../access/audit.ts'
import { type ApiKey, createKey, listKeys, revokeKey } from '../../access/keys.ts'
import type { ActingScope, PartnerScope } from './scope.ts'

interface PartnerToken {
  readonly id: number
  readonly token: string
  readonly label: string
}

/** A new key of the partner; undefined where one in use has that label. Two at once wait for each other. */
export async function createPartnerToken(scope: ActingScope, label: string): Promise<PartnerToken | undefined> {
  const { db, account, partnerId, now } = scope
  const line = `tokens of ${account.accountId}/${partnerId}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${line}, 0))`.execute(db)
  if ((await listPartnerTokens(scope)).some((key) => key.label === label)) return undefined
  const created = await createKey(db, { kind: 'partner', accountId: account.accountId, partnerId, label, now })
  await note(scope, 'token.create', created.id, {
    kind: 'partner',
    label,
    account: account.accountId,
    partner: partnerId,
  })
  return created
}

/** The partner's keys in use, newest first. */
export const listPartnerTokens = ({ db, account, partnerId }: PartnerScope): Promise<ApiKey[]> =>
  listKeys(db, { accountId: account.accountId, partnerId })

/** Switches one of the partner's keys off; false where it has no such key in use. */
export async function revokePartnerToken(scope: ActingScope, id: number): Promise<boolean> {
  const { db, account, partnerId, now } = scope
  const revoked = await revokeKey(db, id, now, { accountId: account.accountId, partnerId })
  if (revoked) await note(scope, 'token.revoke', id)
  return revoked
}

const note = ({ db, account, now, actor }: ActingScope, action: string, id: number, after?: unknown): Promise<void> =>
  insertAudit(db, { at: now, actor, action, target: String(id), accountId: account.accountId, after })
