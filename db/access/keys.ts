import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

export type KeyKind = 'admin' | 'account' | 'partner'

/** An API key without its secret (docs/data-api.md, Keys and walls): only the SHA-256 of the token is ever stored. */
export interface ApiKey {
  readonly id: number
  readonly kind: KeyKind
  readonly accountId: number | null
  readonly partnerId: string | null
  readonly label: string
  readonly lastFour: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

interface NewKey {
  readonly kind: KeyKind
  readonly accountId?: number | undefined
  readonly partnerId?: string | undefined
  readonly label: string
  readonly now: Date
}

/** What is shown once, at creation, and never again. */
export interface CreatedKey {
  readonly id: number
  readonly token: string
  readonly label: string
  readonly kind: KeyKind
}

/** Makes a key with 256 random bits. Kind `account` needs an account, `partner` both account and partner. */
export async function createKey(db: Kysely<Schema>, key: NewKey): Promise<CreatedKey> {
  const token = `bursar_${randomBytes(32).toString('base64url')}`
  const { id } = await db
    .insertInto('api_keys')
    .values({
      kind: key.kind,
      account_id: key.kind === 'admin' ? null : (key.accountId ?? null),
      partner_id: key.kind === 'partner' ? (key.partnerId ?? null) : null,
      label: key.label,
      token_hash: hashToken(token),
      last_four: token.slice(-4),
      created_at: key.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id: Number(id), token, label: key.label, kind: key.kind }
}

/** The key of a token that is not revoked. Notes that it was used, at most once a minute. */
export async function findKey(db: Kysely<Schema>, token: string, now: Date): Promise<ApiKey | undefined> {
  const hash = hashToken(token)
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('token_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!row || !timingSafeEqual(row.token_hash, hash)) return undefined
  if (isStale(row.last_used_at, now)) await noteUse(db, row.id, now)
  return keyOf(row)
}

/** A key that is not revoked, by its id. */
export async function findKeyById(db: Kysely<Schema>, id: number): Promise<ApiKey | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '=', String(id))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row && keyOf(row)
}

/** Every key in use, or those of one account or partner; newest first. */
export async function listKeys(db: Kysely<Schema>, owner: KeyOwner = {}): Promise<ApiKey[]> {
  let query = db.selectFrom('api_keys').selectAll().where('revoked_at', 'is', null).orderBy('id', 'desc')
  if (owner.accountId !== undefined) query = query.where('account_id', '=', owner.accountId)
  if (owner.partnerId !== undefined) query = query.where('partner_id', '=', owner.partnerId)
  return (await query.execute()).map(keyOf)
}

/** Switches a key off; false where there is no such key (of that owner) in use. */
export async function revokeKey(db: Kysely<Schema>, id: number, now: Date, owner: KeyOwner = {}): Promise<boolean> {
  let query = db.updateTable('api_keys').set({ revoked_at: now }).where('id', '=', String(id))
  if (owner.accountId !== undefined) query = query.where('account_id', '=', owner.accountId)
  if (owner.partnerId !== undefined) query = query.where('partner_id', '=', owner.partnerId)
  const { numUpdatedRows } = await query.where('revoked_at', 'is', null).executeTakeFirst()
  return numUpdatedRows > 0n
}

interface KeyOwner {
  readonly accountId?: number
  readonly partnerId?: string
}

/** No account has the partner, or several have and none was named. The message is for a person. */
export class UnknownPartner extends Error {
  override readonly name = 'UnknownPartner'
}

/**
 * The account a partner's key is for: the one named, else account 1, else the only account that has such a partner.
 * Throws UnknownPartner.
 */
export async function findPartnerAccountOrThrow(
  db: Kysely<Schema>,
  partnerId: string,
  accountId?: number,
): Promise<number> {
  const rows = await db.selectFrom('partners').select('account_id').where('partner_id', '=', partnerId).execute()
  const accounts = rows.map((row) => row.account_id)
  const wanted = accountId ?? 1
  if (accounts.includes(wanted)) return wanted
  if (accountId === undefined && accounts.length === 1 && accounts[0] !== undefined) return accounts[0]
  if (accountId === undefined && accounts.length > 1) {
    throw new UnknownPartner(`partner ${partnerId} is in accounts ${accounts.join(', ')}: name one with --account`)
  }
  throw new UnknownPartner(
    `no partner ${partnerId} in ${accountId === undefined ? 'any account' : `account ${accountId}`}`,
  )
}

const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

const USE_IS_NOTED_EVERY = 60_000
const isStale = (used: Date | null, now: Date) => !used || now.getTime() - used.getTime() >= USE_IS_NOTED_EVERY

async function noteUse(db: Kysely<Schema>, id: string, now: Date): Promise<void> {
  await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id).execute()
}

function keyOf(row: {
  id: string
  kind: string
  account_id: number | null
  partner_id: string | null
  label: string
  last_four: string
  created_at: Date
  last_used_at: Date | null
}): ApiKey {
  return {
    id: Number(row.id),
    kind: row.kind as KeyKind,
    accountId: row.account_id,
    partnerId: row.partner_id,
    label: row.label,
    lastFour: row.last_four,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
