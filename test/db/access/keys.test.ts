import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey, findKey, findPartnerAccountOrThrow, listKeys, revokeKey } from '../../../db/access/keys.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertPartner } from '../../support/factories.ts'

let database: TestDatabase
const now = new Date('2026-11-20T05:00:00Z')

beforeAll(async () => {
  database = await freshDatabase()
  for (const account_id of [1, 2, 3]) await insertAccount(database.db, { account_id })
  await insertPartner(database.db, { partner_id: 'first' })
  await insertPartner(database.db, { account_id: 2, partner_id: 'second' })
  for (const account_id of [2, 3]) await insertPartner(database.db, { account_id, partner_id: 'twice' })
})
afterAll(() => database.close())

test('a token opens until it is revoked, and only its hash is stored', async () => {
  const { db } = database
  const { id, token } = await createKey(db, { kind: 'partner', accountId: 1, partnerId: 'first', label: 'mine', now })
  expect(Buffer.from(token.replace('bursar_', ''), 'base64url')).toHaveLength(32)
  expect(await findKey(db, token, now)).toMatchObject({ id, kind: 'partner', accountId: 1, partnerId: 'first' })
  const stored = await db.selectFrom('api_keys').selectAll().where('id', '=', String(id)).executeTakeFirstOrThrow()
  expect(JSON.stringify(stored)).not.toContain(token)

  expect(await revokeKey(db, id, now, { accountId: 1, partnerId: 'another' })).toBe(false)
  expect(await revokeKey(db, id, now, { accountId: 1, partnerId: 'first' })).toBe(true)
  expect(await revokeKey(db, id, now)).toBe(false)
  expect(await findKey(db, token, now)).toBeUndefined()
  expect((await listKeys(db)).map((key) => key.id)).not.toContain(id)
})

test('the time of use is noted once a minute', async () => {
  const { db } = database
  const { id, token } = await createKey(db, { kind: 'admin', label: 'admin', now })
  const used = async (seconds: number) => {
    await findKey(db, token, new Date(now.getTime() + seconds * 1000))
    return (await listKeys(db)).find((key) => key.id === id)?.lastUsedAt?.toISOString()
  }
  expect(await used(0)).toBe('2026-11-20T05:00:00.000Z')
  expect(await used(59)).toBe('2026-11-20T05:00:00.000Z')
  expect(await used(60)).toBe('2026-11-20T05:01:00.000Z')
})

test('a partner named without its account is looked for in account 1, then in the only one that has it', async () => {
  const { db } = database
  expect(await findPartnerAccountOrThrow(db, 'first')).toBe(1)
  expect(await findPartnerAccountOrThrow(db, 'second')).toBe(2)
  expect(await findPartnerAccountOrThrow(db, 'twice', 3)).toBe(3)
  await expect(findPartnerAccountOrThrow(db, 'twice')).rejects.toThrow(/accounts 2, 3/)
  await expect(findPartnerAccountOrThrow(db, 'nobody')).rejects.toThrow('no partner nobody in any account')
  await expect(findPartnerAccountOrThrow(db, 'second', 1)).rejects.toThrow('no partner second in account 1')
})
