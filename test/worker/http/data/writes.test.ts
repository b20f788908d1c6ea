import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { optedOut } from '../../../../db/access/preferences.ts'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import {
  insertAccount,
  insertBillingDetails,
  insertCommission,
  insertPartner,
  insertWithdrawal,
} from '../../../support/factories.ts'
import { bearer, NOW, serve, tokenFor } from '../serve.ts'

let database: TestDatabase
let app: FastifyInstance
let now: Date
let partner_id: string
let token: string

beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  app = await serve(database, { clock: () => now })
})
beforeEach(async () => {
  now = NOW
  partner_id = (await insertPartner(database.db)).partner_id
  token = await tokenFor(database, 'partner', 1, partner_id)
})
afterEach(() => database.db.deleteFrom('idempotency_keys').execute())
afterAll(async () => {
  await app.close()
  await database.close()
})

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, more: Partial<InjectOptions> = {}) =>
  app.inject({ method, url: `/v2/partners${path}`, ...more, headers: { ...bearer(token), ...more.headers } })

describe('a withdrawal', () => {
  const request = (headers: Record<string, string> = {}) => send('POST', '/withdrawals', { headers })
  const earn = (amount: number) => insertCommission(database.db, { partner_id, amount })
  const billing = () => insertBillingDetails(database.db, { partner_id })

  test('takes all that is available', async () => {
    await earn(12_345)
    await billing()
    const answer = await request()
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({
      withdrawal_id: 8_000_000_000_000_000,
      request_timestamp: '2026-11-20 05:00:00',
      action_timestamp: '',
      status: 'pending',
      amount: 123.45,
      invoice_id: `2026/B1/${partner_id}`,
      paypal: `${partner_id}@paypal.test`,
    })
    now = new Date(NOW.getTime() + 1000)
    expect((await send('GET', '/balance')).json()).toMatchObject({ available: 0, withdrawn: 123.45 })
    expect((await send('GET', '/withdrawals')).json().result).toEqual([answer.json()])
  })

  test('under the minimum is 403, without billing details 409', async () => {
    await billing()
    await earn(4999)
    expect((await request()).statusCode).toBe(403)
    await earn(1)
    await database.db
      .updateTable('billing_details')
      .set({ paypal: 'n/a' })
      .where('partner_id', '=', partner_id)
      .execute()
    expect((await request()).statusCode).toBe(409)
    await database.db.deleteFrom('billing_details').where('partner_id', '=', partner_id).execute()
    expect((await request()).statusCode).toBe(409)
    await billing()
    expect((await request()).statusCode).toBe(201)
  })

  test('has nothing of what a refund has taken back, though the refund is on hold', async () => {
    await billing()
    await earn(10_000)
    const refund = {
      kind: 'refund',
      amount: -10_000,
      available_at: '2026-12-20T00:00:00Z',
      earned_at: '2026-11-01T00:00:00Z',
    }
    await insertCommission(database.db, { partner_id, ...refund })
    expect((await request()).statusCode).toBe(403)
    expect((await send('GET', '/balance')).json()).toMatchObject({ available: 0, pending: 0, total: '0.00' })
  })

  test('waits for the one before it, however it was made', async () => {
    await earn(100_000)
    await billing()
    const open = await insertWithdrawal(database.db, { partner_id, amount: 100, status: 'pending' })
    expect((await request()).statusCode).toBe(409)
    const where = database.db.updateTable('withdrawals').where('withdrawal_id', '=', open.withdrawal_id)
    await where.set({ status: 'paid' }).execute()
    expect((await request()).json().amount).toBe(999)
  })

  test('has a number and an invoice that no import can give to another', async () => {
    await earn(100_000)
    await billing()
    const theirs = ['1700000000001', '8000000000000007', String(Number.MAX_SAFE_INTEGER)]
    for (const withdrawal_id of theirs) await insertWithdrawal(database.db, { partner_id, withdrawal_id, amount: 100 })
    const made = []
    for (const amount of [997, 50]) {
      made.push((await request()).json())
      const own = database.db
        .updateTable('withdrawals')
        .where('partner_id', '=', partner_id)
        .where('made_here', '=', true)
      await own.set({ status: 'paid' }).execute()
      expect(made.at(-1).amount).toBe(amount)
      await earn(5_000)
      now = new Date(now.getTime() + 1000)
    }
    const [first, second] = made
    expect(first.withdrawal_id).toBeGreaterThanOrEqual(8e15)
    expect(second.withdrawal_id).toBe(first.withdrawal_id + 1)
    expect(theirs).not.toContain(String(second.withdrawal_id))
    const nth = first.withdrawal_id - 8e15 + 1
    expect([first.invoice_id, second.invoice_id]).toEqual([
      `2026/B${nth}/${partner_id}`,
      `2026/B${nth + 1}/${partner_id}`,
    ])
    await database.db.deleteFrom('withdrawals').where('partner_id', '=', partner_id).execute()
  })

  test('gives no number or invoice again, be the request taken back', async () => {
    await earn(10_000)
    await billing()
    const first = (await request()).json()
    const own = database.db.deleteFrom('withdrawals').where('withdrawal_id', '=', first.withdrawal_id).returningAll()
    const row = await own.executeTakeFirstOrThrow()
    const key = JSON.stringify({ withdrawal_id: first.withdrawal_id })
    await database.db
      .insertInto('voided_facts')
      .values({
        account_id: 1,
        table_name: 'withdrawals',
        key,
        row: JSON.stringify(row),
        voided_at: NOW,
        voided_by: 'me',
      })
      .execute()
    const second = (await request()).json()
    expect(second.withdrawal_id).toBe(first.withdrawal_id + 1)
    expect(second.invoice_id).not.toBe(first.invoice_id)
  })

  test('passes over a number of its space that came in with an import before', async () => {
    await earn(10_000)
    await billing()
    const { rows } = await database.pool.query(
      `select coalesce(max(withdrawal_id) filter (where made_here), 7999999999999999) as last from withdrawals where withdrawal_id >= 8e15`,
    )
    const next = Number(rows[0].last) + 1
    for (const withdrawal_id of [next, next + 1])
      await insertWithdrawal(database.db, { partner_id, withdrawal_id, amount: 1 })
    expect((await request()).json().withdrawal_id).toBe(next + 2)
  })

  test('of a blocked partner is refused', async () => {
    await earn(10_000)
    await billing()
    await database.db.updateTable('partners').set({ blocked: true }).where('partner_id', '=', partner_id).execute()
    expect((await request()).statusCode).toBe(403)
  })

  test('is made once by twenty requests at the same time', async () => {
    await earn(10_000)
    await billing()
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => request()))).map((answer) => answer.statusCode)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(new Set(statuses)).toEqual(new Set([201, 409]))
    const made = await database.db
      .selectFrom('withdrawals')
      .select('amount')
      .where('partner_id', '=', partner_id)
      .execute()
    expect(made).toEqual([{ amount: '10000' }])
  })

  test('with an idempotency key is made once and answered alike, for a day', async () => {
    await earn(10_000)
    await billing()
    const twenty = await Promise.all(Array.from({ length: 20 }, () => request({ 'idempotency-key': 'k1' })))
    expect(new Set(twenty.map((answer) => answer.statusCode))).toEqual(new Set([201]))
    expect(new Set(twenty.map((answer) => answer.body)).size).toBe(1)
    expect((await request({ 'idempotency-key': 'k2' })).statusCode).toBe(409)

    await database.db.updateTable('withdrawals').set({ status: 'paid' }).where('partner_id', '=', partner_id).execute()
    now = new Date(NOW.getTime() + 23 * 3_600_000)
    expect((await request({ 'idempotency-key': 'k1' })).json().withdrawal_id).toBe(twenty[0]?.json().withdrawal_id)
    now = new Date(NOW.getTime() + 24 * 3_600_000)
    expect((await request({ 'idempotency-key': 'k1' })).statusCode).toBe(403)
  })

  test('shares no idempotency key with another partner', async () => {
    await earn(10_000)
    await billing()
    const first = (await request({ 'idempotency-key': 'same' })).json()
    partner_id = (await insertPartner(database.db)).partner_id
    token = await tokenFor(database, 'partner', 1, partner_id)
    await earn(20_000)
    await billing()
    const second = (await request({ 'idempotency-key': 'same' })).json()
    expect(second.amount).toBe(200)
    expect(second.withdrawal_id).not.toBe(first.withdrawal_id)
  })

  test('with a key that is none is refused', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256)]) {
      const answer = await request({ 'idempotency-key': key })
      expect(answer.json().errors).toMatchObject([{ in: 'header', name: 'Idempotency-Key' }])
    }
  })
})

const form = (payload: string) => ({ payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } })

describe('the profile', () => {
  const names = { first_name: 'Ada', last_name: 'Byron', contact_name: 'Ada B.', contact_email: 'ada@p.test' }

  test('shows what was set, and the preferences work', async () => {
    expect((await send('PUT', '', { payload: { ...names, send_monthly_summary: false } })).statusCode).toBe(204)
    expect((await send('GET', '')).json()).toMatchObject(names)
    const out = () => optedOut(database.db, 1, 'monthly-summary', 'send_monthly_summary', [partner_id])
    expect(await out()).toEqual(new Set([partner_id]))
    const body = new URLSearchParams({ ...names, send_monthly_summary: 'true' }).toString()
    expect((await send('PUT', '', form(body))).statusCode).toBe(204)
    expect(await out()).toEqual(new Set())
  })

  test.each([
    [{ ...names, contact_email: 'a@b.test, c@d.test' }, 'contact_email'],
    [{ ...names, first_name: '' }, 'first_name'],
    [{ ...names, first_name: 'a\0' }, 'first_name'],
    [{ ...names, last_name: 7 }, 'last_name'],
    [{ ...names, send_newsletter: 'maybe' }, 'send_newsletter'],
    [{ ...names, contact_name: undefined }, 'contact_name'],
  ])('refuses %o', async (payload, name) => {
    const answer = await send('PUT', '', { payload })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errors).toMatchObject([{ in: 'body', name }])
  })

  test('refuses what is no body', async () => {
    for (const payload of ['', '{', '[]', 'null', '"x"']) {
      const answer = await send('PUT', '', { payload, headers: { 'content-type': 'application/json' } })
      expect([payload, answer.statusCode]).toEqual([payload, 400])
      expect(answer.json().errors).not.toEqual([])
    }
    const other = await send('PUT', '', { payload: '<a/>', headers: { 'content-type': 'text/xml' } })
    expect(other.statusCode).toBe(415)
    const long = await send('PUT', '', { payload: { ...names, first_name: 'x'.repeat(100_000) } })
    expect(long.statusCode).toBe(413)
    expect(long.headers['content-type']).toMatch(/^application\/problem\+json/)
  })
})

test('billing details are replaced whole', async () => {
  const details = { type: 'business', company: 'C', address: 'A', city: 'T', country: 'us', paypal: 'p@q.test' }
  expect((await send('PUT', '/billing', { payload: { ...details, vat: 'V1', zip_code: '1' } })).statusCode).toBe(204)
  expect((await send('PUT', '/billing', { payload: details })).statusCode).toBe(204)
  expect((await send('GET', '/billing')).json()).toEqual({ ...details, country: 'US', vat: '', zip_code: '' })
  for (const wrong of [
    { type: 'club' },
    { country: 'Poland' },
    { paypal: 'x' },
    { paypal: `${'p'.repeat(64)}@${'q'.repeat(60)}.test` },
    { city: undefined },
  ]) {
    const answer = await send('PUT', '/billing', { payload: { ...details, ...wrong } })
    expect(answer.json().errors).toMatchObject([{ in: 'body', name: Object.keys(wrong)[0] }])
  }
})

describe('tokens', () => {
  const create = (label: string) => send('POST', '/tokens', form(new URLSearchParams({ label }).toString()))

  test('are shown once, then masked, until they are revoked', async () => {
    const made = (await create('My first API token')).json()
    const listed = (await send('GET', '/tokens')).json().result
    expect(listed[0]).toEqual({ ...made, token: `…${made.token.slice(-4)}` })
    const status = async () => (await app.inject({ url: '/v2/partners', headers: bearer(made.token) })).statusCode
    expect(await status()).toBe(200)
    const revoked = await send('DELETE', `/tokens/${made.id}`)
    expect([revoked.statusCode, revoked.body]).toEqual([204, ''])
    expect(await status()).toBe(401)
    expect((await send('DELETE', `/tokens/${made.id}`)).statusCode).toBe(404)
    expect((await send('DELETE', '/tokens/x')).statusCode).toBe(400)
  })

  test('have labels of their own, even when asked for at once', async () => {
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await create('same')).statusCode))
    expect(statuses.sort()).toEqual([201, 409, 409, 409, 409])
    for (const label of ['ab', '', 'x'.repeat(201)]) expect((await create(label)).statusCode).toBe(400)
  })

  test('of another partner cannot be revoked', async () => {
    const made = (await create('mine alone')).json()
    const other = (await insertPartner(database.db)).partner_id
    const foreign = bearer(await tokenFor(database, 'partner', 1, other))
    const answer = await app.inject({ method: 'DELETE', url: `/v2/partners/tokens/${made.id}`, headers: foreign })
    expect(answer.statusCode).toBe(404)
    expect((await app.inject({ url: '/v2/partners', headers: bearer(made.token) })).statusCode).toBe(200)
  })
})
