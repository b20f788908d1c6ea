import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertAccount } from '../../../support/factories.ts'
import { until } from '../../../support/until.ts'
import { ADMIN_TOKEN, bearer } from '../serve.ts'
import { type Admin, call, openAdmin } from './open.ts'

let admin: Admin
beforeAll(async () => {
  admin = await openAdmin()
})
afterAll(() => admin.close())

const HEAD = 'commission_id,partner_id,kind,program,product,amount,earned_at'
const line = (id: string) => `${id},p1,commission,affiliate,chat,1.00,2024-01-05`
const post = (body: string, type?: string, path = '/facts/commissions') =>
  call(admin, 'POST', `/admin/api${path}`, { body, headers: type === undefined ? {} : { 'content-type': type } })
const stored = async () =>
  Number(
    (
      await admin.db
        .selectFrom('commissions')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

test('CSV and NDJSON are taken by what they are called, or else by how they look', async () => {
  const object = (id: string) =>
    `${JSON.stringify({ commission_id: id, partner_id: 'p1', kind: 'commission', program: 'affiliate', product: 'chat', amount: '1.00', earned_at: '2024-01-05' })}\n`
  const counts = { inserted: 1, updated: 0, unchanged: 0, conflicts: 0 }
  const said: [string, string | undefined][] = [
    [`${HEAD}\r\n${line('c1')}\r\n`, 'text/csv'],
    [`\uFEFF${HEAD}\n${line('c2')}`, 'text/csv; charset=utf-8'],
    [object('n1'), 'application/x-ndjson'],
    [object('n2'), 'application/json'],
    [object('n3'), 'application/x-www-form-urlencoded'],
    [`${HEAD}\n${line('c3')}\n`, 'application/octet-stream'],
    [`${HEAD}\n${line('c4')}\n`, undefined],
  ]
  for (const [body, type] of said) {
    const { status, json } = await post(body, type)
    expect([status, json], type).toEqual([200, { tables: { commissions: counts } }])
  }
  expect((await post(`${HEAD}\n${line('c1')}\n`, 'text/csv')).json.tables.commissions.unchanged).toBe(1)
  expect((await call(admin, 'GET', '/admin/api/audit?limit=1')).json.items).toMatchObject([
    { action: 'facts.import', target: 'commissions', after: { unchanged: 1 } },
  ])
})

test('bad facts are a problem that holds the import’s own list, and nothing of them is kept', async () => {
  const before = await stored()
  const bad = await post(`${HEAD}\n${line('x1')}\nx2,nobody,commission,affiliate,chat,much,2024-01-05\n`, 'text/csv')
  expect(bad.type).toBe('application/problem+json; charset=utf-8')
  expect(bad.json).toMatchObject({ status: 400, error_count: 2 })
  expect(bad.json.errors).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ in: 'body', name: 'amount', line: 3, column: 'amount', value: 'much' }),
      expect.objectContaining({ in: 'body', name: 'partner_id', line: 3, value: 'nobody' }),
    ]),
  )
  const many = Array.from({ length: 50 }, (_, index) => `y${index},p1,commission,affiliate,chat,bad,2024-01-05`)
  const long = (await post([HEAD, ...many].join('\n'), 'text/csv')).json
  expect([long.errors.length, long.error_count]).toEqual([20, 50])
  for (const [body, type] of [
    ['', 'text/csv'],
    ['', undefined],
    ['{]\n', 'application/x-ndjson'],
    ['\0\xff', 'text/csv'],
  ] as const)
    expect((await post(body, type)).status, JSON.stringify(body)).toBe(400)
  expect(await stored()).toBe(before)
})

test('an unknown table or account is 404', async () => {
  for (const table of ['nonesuch', 'runs', '%00', 'commissions;'])
    expect((await post(`${HEAD}\n`, 'text/csv', `/facts/${table}`)).status, table).toBe(404)
  expect((await post(`${HEAD}\n${line('z')}\n`, 'text/csv', '/facts/commissions?account_id=9')).status).toBe(404)
})

test('what changed and what looks wrong is told', async () => {
  const people = (email: (n: number) => string) =>
    `partner_id,name,email,type,created_at\n${Array.from({ length: 10 }, (_, n) => `q${n},Q,${email(n)},referral,2024-01-05\n`).join('')}`
  const bring = (body: string) => post(body, 'text/csv', '/facts/partners?account_id=2')
  await insertAccount(admin.db, { account_id: 2 })
  expect((await bring(people((n) => `q${n}@x.test`))).json.warnings).toBeUndefined()
  const { json } = await bring(people((n) => (n < 2 ? 'nobody' : `q${n}@x.test`)))
  expect(json.tables.partners).toMatchObject({ updated: 2, unchanged: 8, columns: { email: 2 } })
  expect(json.warnings).toEqual([
    'partners: 2 cells of `email` are no mail address: "nobody" (line 2), "nobody" (line 3)',
    '2 of 10 partners change `email`',
  ])
})

test('facts are taken back and brought again, with their author', async () => {
  await post(`${HEAD}\n${line('v1')}\n${line('v2')}\n`, 'text/csv')
  const keys = 'commission_id\nv1\nv2\n'
  const ask = (query: string, body = keys) => post(body, 'text/csv', `/facts/commissions${query}`)
  expect((await ask('?void=true')).json.tables.commissions).toMatchObject({ voided: 2, inserted: 0 })
  const [entry] = (await call(admin, 'GET', '/admin/api/audit?limit=1')).json.items
  expect(entry).toMatchObject({ action: 'facts.void', target: 'commissions', after: { voided: 2 } })
  expect(await admin.db.selectFrom('voided_facts').select('voided_by').distinct().execute()).toEqual([
    { voided_by: entry.actor },
  ])
  expect((await post(`${HEAD}\n${line('v1')}\n`, 'text/csv')).json.tables.commissions).toMatchObject({ void: 1 })
  expect((await ask('?restore=true')).json.tables.commissions).toMatchObject({ restored: 2 })
  const refused = await ask('?void=true', 'commission_id\nnobody\n')
  expect([refused.status, refused.json.errors]).toMatchObject([400, [{ line: 2, value: 'nobody' }]])
  for (const [query, status] of [
    ['?void=true&restore=true', 400],
    ['?void=perhaps', 400],
  ] as const)
    expect([query, (await ask(query)).status]).toEqual([query, status])
  expect((await post('account_id\n1\n', 'text/csv', '/facts/accounts?void=true')).status).toBe(400)
})

test('a body larger than any other call’s streams through', async () => {
  const before = await stored()
  const rows = 30_000
  async function* lines() {
    yield `${HEAD}\n`
    for (let index = 0; index < rows; index++) yield `${line(`big-${index}`)}\n`
  }
  const answer = await fetch(`${admin.address}/admin/api/facts/commissions`, {
    method: 'POST',
    headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'text/csv' },
    body: Readable.toWeb(Readable.from(lines())) as never,
    duplex: 'half',
  } as RequestInit)
  expect(await answer.json()).toMatchObject({ tables: { commissions: { inserted: rows } } })
  expect(await stored()).toBe(before + rows)
})

test('of a body that breaks off nothing is kept', async () => {
  const before = await stored()
  const { port, hostname } = new URL(admin.address)
  const socket = connect(Number(port), hostname)
  const head = [
    'POST /admin/api/facts/commissions HTTP/1.1',
    'host: x',
    `authorization: Bearer ${ADMIN_TOKEN}`,
    'content-type: text/csv',
    'content-length: 1000000',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${HEAD}\n${line('torn')}\n`)
  const importing = async () => {
    const { rows } = await admin.database.pool.query(
      `select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
    )
    return rows.length
  }
  await until(async () => (await importing()) > 0, 'the import is under way')
  socket.destroy()
  await until(async () => (await importing()) === 0, 'the import has given up')
  expect(await stored()).toBe(before)
  expect((await post(`${HEAD}\n${line('after')}\n`, 'text/csv')).status).toBe(200)
})

test('what a partner set itself is kept, unless it is to be overwritten', async () => {
  const set = { account_id: 1, partner_id: 'p1', set_at: new Date('2026-11-01T00:00:00Z'), actor: 'partner p1, key 1' }
  await admin.db
    .insertInto('partner_edits')
    .values({ ...set, table_name: 'billing_details', column_name: 'paypal' })
    .execute()
  const file = (paypal: string) =>
    `partner_id,type,company,address,city,country,paypal\np1,business,C,A,B,PL,${paypal}\n`
  const send = (paypal: string, query = '') =>
    post(file(paypal), 'text/csv', `/facts/billing_details${query}`).then(({ json }) => json.tables?.billing_details)
  await send('new@x.example')
  expect(await send('old@x.example')).toMatchObject({ updated: 0, unchanged: 1, kept: { paypal: 1 } })
  expect(await send('old@x.example', '?overwrite_partner_edits=true')).toMatchObject({ columns: { paypal: 1 } })
  expect((await call(admin, 'GET', '/admin/api/audit?limit=1')).json.items).toMatchObject([
    { action: 'facts.import', after: { updated: 1, overwrite_partner_edits: true } },
  ])
  expect((await post(file('x@y.example'), 'text/csv', '/facts/billing_details?overwrite_partner_edits=1')).status).toBe(
    400,
  )
})
