import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, revokeKey } from '../../../../db/access/keys.ts'
import { asTenant } from '../../../../db/connection/client.ts'
import { endpoints } from '../../../../worker/http/data/index.ts'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { ADMIN_TOKEN, bearer, NOW, serve, tokenFor } from '../serve.ts'
import { isRead, pathOf, queryOf } from './calls.ts'
import { insertProgram, type Subject, subjectOf } from './program.ts'

let database: TestDatabase
let app: FastifyInstance
const [mine, neighbour, foreign] = [subjectOf(1, 1), subjectOf(1, 2), subjectOf(2, 1)]
let tokens: Record<'partner' | 'account' | 'foreignAccount' | 'admin' | 'revoked', string>

beforeAll(async () => {
  database = await freshDatabase()
  await insertProgram(database.db, [mine, neighbour, foreign])
  app = await serve(database)
  const revoked = await createKey(database.db, { kind: 'account', accountId: 1, label: 'revoked', now: NOW })
  await revokeKey(database.db, revoked.id, NOW)
  tokens = {
    partner: await tokenFor(database, 'partner', 1, mine.partnerId),
    account: await tokenFor(database, 'account', 1),
    foreignAccount: await tokenFor(database, 'account', 2),
    admin: await tokenFor(database, 'admin'),
    revoked: revoked.token,
  }
})
afterAll(async () => {
  await app.close()
  await database.close()
})

type Of = Partial<Record<'path' | 'query', Subject>> & { partner_id?: string }
async function call(endpoint: (typeof endpoints)[number], token: string | undefined, of: Of = {}) {
  const query = { ...queryOf(endpoint, of.query ?? mine), ...(of.partner_id && { partner_id: of.partner_id }) }
  const method = endpoint.method ?? 'GET'
  return app.inject({ method, url: pathOf(endpoint, of.path ?? mine), query, headers: token ? bearer(token) : {} })
}

describe.each(endpoints.map((endpoint) => [endpoint.id, endpoint] as const))('%s', (_, endpoint) => {
  const own = endpoint.of

  test('is shut without a right key, and to keys of the wrong kind', async () => {
    const statuses = async (...keys: (string | undefined)[]) =>
      Promise.all(keys.map(async (key) => (await call(endpoint, key)).statusCode))
    expect(await statuses(undefined, 'wrong', tokens.revoked)).toEqual([401, 401, 401])
    expect(await statuses(tokens.admin, ADMIN_TOKEN)).toEqual([403, 403])
    const other = own === 'account' ? tokens.partner : tokens.account
    expect(await statuses(other)).toEqual([own === 'account' || endpoint.write ? 403 : 400])
  })

  if (isRead(endpoint))
    test('shows its own and nothing of anyone else', async () => {
      const partner = own === 'partner' ? { partner_id: mine.partnerId } : {}
      for (const answer of [await call(endpoint, tokens[own]), await call(endpoint, tokens.account, partner)]) {
        expect(answer.statusCode).toBe(200)
        expect(answer.body).not.toContain(foreign.partnerId)
        if (own === 'partner') expect(answer.body).not.toContain(neighbour.partnerId)
      }
    })

  if (isRead(endpoint) && own === 'partner')
    test('of another tenant is not there', async () => {
      const ask = async (token: string, partner_id: string) => (await call(endpoint, token, { partner_id })).statusCode
      expect(await ask(tokens.partner, neighbour.partnerId)).toBe(404)
      expect(await ask(tokens.partner, `${mine.partnerId}-friend`)).toBe(404)
      expect(await ask(tokens.account, foreign.partnerId)).toBe(404)
      expect(await ask(tokens.account, 'nobody')).toBe(404)
      expect(await ask(tokens.foreignAccount, mine.partnerId)).toBe(404)
    })

  if (/\{(?!status|id\}$)/.test(endpoint.path))
    test('with the number of another is 404, as with none', async () => {
      for (const path of own === 'partner' ? [neighbour, foreign] : [foreign]) {
        const answer = await call(endpoint, tokens[own], { path })
        expect(answer.statusCode).toBe(404)
        expect(answer.json().detail).not.toContain(path.partnerId)
      }
    })
})

test('the wall stands in the database: a query that forgets its partner sees no more', async () => {
  const seen = await asTenant(database.db, { accountId: 1, partnerId: mine.partnerId }, async (scope) => {
    const commissions = await scope.selectFrom('commissions').select('partner_id').distinct().execute()
    const licenses = await scope.selectFrom('licenses').select('partner_id').distinct().execute()
    const partners = await scope.selectFrom('partners').select('partner_id').orderBy('partner_id').execute()
    return { commissions, licenses, partners }
  })
  const only = [{ partner_id: mine.partnerId }]
  expect(seen.commissions).toEqual(only)
  expect(seen.licenses).toEqual(only)
  expect(seen.partners).toEqual([...only, { partner_id: `${mine.partnerId}-friend` }])
})
