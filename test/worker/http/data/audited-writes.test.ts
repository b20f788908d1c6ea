import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { insertAccount, insertBillingDetails, insertCommission, insertPartner } from '../../../support/factories.ts'
import { bearer, NOW, serve, tokenFor } from '../serve.ts'

/** Whatever a partner changes over HTTP stands in the audit log, from the same transaction, without its secrets. */
let database: TestDatabase
let app: FastifyInstance
let partner_id: string
let token: string

beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  app = await serve(database)
})
beforeEach(async () => {
  partner_id = (await insertPartner(database.db)).partner_id
  token = await tokenFor(database, 'partner', 1, partner_id)
})
afterAll(async () => {
  await app.close()
  await database.close()
})

const send = async (method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) =>
  (await app.inject({ method, url: `/v2/partners${path}`, headers: bearer(token), ...(payload && { payload }) }))
    .statusCode

/** Entries since the last call. */
async function entries() {
  const { rows } = await database.pool.query(
    'with gone as (delete from audit_log returning *) select action, target, account_id, actor, at, before, after from gone order by id',
  )
  return rows
}

const edits = async () =>
  (
    await database.pool.query('select table_name, column_name from partner_edits where partner_id = $1 order by 2', [
      partner_id,
    ])
  ).rows.map((row) => `${row.table_name}.${row.column_name}`)

const details = { type: 'business', company: 'C', address: 'A', city: 'T', country: 'PL', paypal: 'new@x.example' }

test('billing: the fields that changed, and not whom they pay', async () => {
  await insertBillingDetails(database.db, { partner_id, ...details, paypal: 'old@x.example', vat: 'PL5260001246' })
  await entries()
  expect(await send('PUT', '/billing', details)).toBe(204)
  const actor = expect.stringMatching(new RegExp(`^partner ${partner_id}, key \\d+$`))
  expect(await entries()).toEqual([
    {
      action: 'billing.update',
      target: partner_id,
      account_id: 1,
      actor,
      at: NOW,
      before: { paypal: 'o…@x.example', vat: '…246' },
      after: { paypal: 'n…@x.example', vat: null },
    },
  ])
  expect(await edits()).toEqual(['billing_details.paypal', 'billing_details.vat'])
  expect(await send('PUT', '/billing', { ...details, country: 'pl', vat: '' })).toBe(204)
  expect(await entries()).toEqual([])
})

test('billing that was not there: all that is filled in is the partner’s', async () => {
  expect(await send('PUT', '/billing', { ...details, state: '' })).toBe(204)
  const filled = ['address', 'city', 'company', 'country', 'paypal', 'type']
  expect(await edits()).toEqual(filled.map((column) => `billing_details.${column}`))
  expect(await entries()).toMatchObject([{ before: null, after: { type: 'business', company: '…', country: 'PL' } }])
})

test('a change does not stand without its entry', async () => {
  await database.pool.query('alter table audit_log add constraint full_up check (false) not valid')
  try {
    for (const [method, path, payload] of [
      ['PUT', '/billing', details],
      ['PUT', '', { first_name: 'A', last_name: 'B', contact_name: 'C', contact_email: 'd@e.test' }],
      ['POST', '/tokens', { label: 'mine' }],
    ] as const)
      expect([path, await send(method, path, payload)]).toEqual([path, 500])
  } finally {
    await database.pool.query('alter table audit_log drop constraint full_up')
  }
  const { rows } = await database.pool.query(
    `select (select count(*) from billing_details where partner_id = $1) + (select count(*) from partner_settings where partner_id = $1)
       + (select count(*) from partner_edits where partner_id = $1) + (select count(*) from api_keys where label = 'mine') as n`,
    [partner_id],
  )
  expect(rows).toEqual([{ n: '0' }])
})

test('the profile: names veiled, wishes plain; saved again without a change it is no wish', async () => {
  const form = {
    first_name: 'Ada',
    last_name: 'Byron',
    contact_name: 'Ada B.',
    contact_email: 'ada@p.test',
    send_monthly_summary: true,
    send_newsletter: false,
  }
  expect(await send('PUT', '', form)).toBe(204)
  expect(await entries()).toMatchObject([
    {
      action: 'profile.update',
      target: partner_id,
      before: { first_name: null, contact_email: null, send_newsletter: true },
      after: { first_name: '…', last_name: '…', contact_name: '…', contact_email: '…', send_newsletter: false },
    },
  ])
  const wishes = async () => {
    const { rows } = await database.pool.query('select topic, wanted from preferences where partner_id = $1', [
      partner_id,
    ])
    return rows
  }
  expect(await wishes()).toEqual([{ topic: 'newsletter', wanted: false }])
  expect(await send('PUT', '', form)).toBe(204)
  expect(await entries()).toEqual([])
  expect(await send('PUT', '', { ...form, last_name: 'King' })).toBe(204)
  expect(await entries()).toMatchObject([{ before: { last_name: '…' }, after: { last_name: '…' } }])
  expect(await wishes()).toEqual([{ topic: 'newsletter', wanted: false }])
})

test('a request for money, tokens', async () => {
  await insertBillingDetails(database.db, { partner_id })
  await insertCommission(database.db, { partner_id, amount: 12_345 })
  await entries()
  expect(await send('POST', '/withdrawals')).toBe(201)
  expect(await send('POST', '/tokens', { label: 'mine' })).toBe(201)
  const [request, made] = await entries()
  expect(request).toMatchObject({
    action: 'withdrawal.request',
    target: expect.stringMatching(/^8\d{15}$/),
    after: { partner: partner_id, amount: '123.45', currency: 'USD', invoice_id: `2026/B1/${partner_id}` },
  })
  expect(made).toMatchObject({ action: 'token.create', after: { kind: 'partner', label: 'mine', partner: partner_id } })
  expect(await send('DELETE', `/tokens/${made.target}`)).toBe(204)
  expect(await entries()).toMatchObject([{ action: 'token.revoke', target: made.target }])
})

test('inside the walls the log is written for one’s own account only, and not read', async () => {
  const as = async (sql: string) => {
    const connection = await database.pool.connect()
    try {
      await connection.query(`begin; set local role bursar_tenant; set local app.account_id = '1'`)
      return await connection.query(sql)
    } finally {
      await connection.query('rollback')
      connection.release()
    }
  }
  const insert = (account: string) =>
    as(`insert into audit_log (at, actor, action, target, account_id) values (now(), 'a', 'b', 'c', ${account})`)
  await insert('1')
  for (const account of ['2', 'null']) await expect(insert(account)).rejects.toThrow('row-level security')
  await expect(as('select * from audit_log')).rejects.toThrow('permission denied')
})
