import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSchedules } from '../../../../db/ledger/schedules.ts'
import { scheduleDefaults } from '../../../../jobs/index.ts'
import { insertAccount } from '../../../support/factories.ts'
import { insertRun } from '../../../support/ledger.ts'
import { until } from '../../../support/until.ts'
import { NOW } from '../serve.ts'
import { type Admin, call, openAdmin } from './open.ts'

let admin: Admin
beforeAll(async () => {
  admin = await openAdmin()
  await insertAccount(admin.db, { account_id: 2, timezone: 'Asia/Tokyo' })
  await ensureSchedules(admin.db, scheduleDefaults, new Date('2026-01-01T00:00:00Z'))
})
afterAll(() => admin.close())

const get = (path: string) => call(admin, 'GET', `/admin/api${path}`)
const put = (path: string, body: unknown) => call(admin, 'PUT', `/admin/api${path}`, { body })
const lastAudit = async () => (await get('/audit?limit=1')).json.items[0]

test('the catalogue lists every report with its next occurrences', async () => {
  const { items, next_cursor } = (await get('/reports')).json
  expect(items.map((one: { name: string }) => one.name)).toEqual(
    expect.arrayContaining(['monthly-summary', 'license-export']),
  )
  expect(next_cursor).toBeNull()
  const monthly = items.find((one: { name: string }) => one.name === 'monthly-summary')
  expect(monthly).toMatchObject({
    audience: 'partner',
    schedule: { cron: '0 6 1 * *', timezone: 'UTC', enabled: true },
  })
  expect(monthly.next).toEqual(['2026-12-01T06:00:00Z', '2027-01-01T06:00:00Z', '2027-02-01T06:00:00Z'])
  expect((await get('/reports?account_id=9')).status).toBe(404)
})

test('any part of a schedule can be changed, of one account, and stands in the audit log', async () => {
  const changed = await put('/schedules/partner-leaderboard?account_id=2', {
    cron: '30 5 12 * *',
    recipients: ['finance@owner.test'],
  })
  expect([changed.status, changed.json]).toMatchObject([
    200,
    { account_id: 2, cron: '30 5 12 * *', timezone: 'Asia/Tokyo', recipients: ['finance@owner.test'], enabled: true },
  ])
  expect(await lastAudit()).toMatchObject({
    action: 'schedule.update',
    target: 'partner-leaderboard',
    account_id: 2,
    before: { cron: '0 7 1 * *', recipients: [] },
    after: { cron: '30 5 12 * *' },
  })
  const of = async (account: number) =>
    (await get(`/schedules?account_id=${account}`)).json.items.find(
      (one: { report: string }) => one.report === 'partner-leaderboard',
    )
  expect([(await of(1)).cron, (await of(2)).cron]).toEqual(['0 7 1 * *', '30 5 12 * *'])
  expect((await get('/schedules')).json.items).toHaveLength(
    2 * (await get('/schedules?account_id=1')).json.items.length,
  )
  expect((await put('/schedules/partner-leaderboard?account_id=2', {})).json).toEqual(await of(2))
})

test('what no schedule can be is refused and changes nothing', async () => {
  const before = (await get('/schedules')).json
  const refused: [object, name: string][] = [
    [{ cron: '99 99 * * *' }, 'cron'],
    [{ cron: 7 }, 'cron'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ recipients: ['a@x.test\r\nBcc: b@x.test'] }, 'recipients'],
    [{ catch_up: 'sometimes' }, 'catch_up'],
    [{ max_age_days: 1.5 }, 'max_age_days'],
    [{ readiness: { tables: ['nonesuch'] } }, 'readiness'],
    [{ cron: '0 6 1 * *', crno: '' }, 'body'],
  ]
  for (const [body, name] of refused) {
    const { json } = await put('/schedules/partner-leaderboard', body)
    expect(json, JSON.stringify(body)).toMatchObject({ status: 400, errors: [{ in: 'body', name }] })
  }
  for (const none of ['nonesuch', 'leads-timeline', '%00', "x'y"])
    expect((await put(`/schedules/${none}`, { cron: '0 6 1 * *' })).status, none).toBe(404)
  expect((await put('/schedules/partner-leaderboard?account_id=9', { enabled: false })).status).toBe(404)
  expect((await get('/schedules')).json).toEqual(before)
})

test('the calendar sets what is expected against what ran; a date includes its day, in the account’s zone', async () => {
  await insertRun(admin.db, { period: '2026-10', status: 'succeeded', created_at: '2026-11-01T06:00:01Z' })
  const items = async (query: string) => (await get(`/calendar?${query}`)).json.items
  const monthly = (all: { report: string }[]) => all.filter((one) => one.report === 'monthly-summary')
  expect(monthly(await items('from=2026-11-01&to=2026-12-01&account_id=1'))).toMatchObject([
    { period: '2026-10', due_at: '2026-11-01T06:00:00Z', status: 'succeeded', run_id: expect.any(String) },
    { period: '2026-11', due_at: '2026-12-01T06:00:00Z', status: 'expected', run_id: null },
  ])
  expect(monthly(await items('from=2026-11-01T06:00:00Z&to=2026-12-01T06:00:00Z&account_id=1'))).toHaveLength(1)
  expect(monthly(await items('from=2026-12-01&to=2026-12-01&account_id=2'))).toMatchObject([
    { due_at: '2026-11-30T21:00:00Z' },
  ])
  expect(monthly(await items('')).length).toBeGreaterThan(0)
  for (const bad of [
    'from=2026-02-30',
    'to=soon',
    'from=2026-12-01&to=2026-11-01',
    'from=0001-01-01&to=9999-12-30',
    'from=%00',
  ])
    expect((await get(`/calendar?${bad}`)).json, bad).toMatchObject({ status: 400, errors: [{ in: 'query' }] })
  expect((await get('/calendar?account_id=9')).status).toBe(404)
})

test('a watermark is set and read back, and starts the runs that wait for it', async () => {
  expect((await get('/watermarks/commissions')).json).toMatchObject({ table: 'commissions', complete_through: null })
  await put('/schedules/monthly-summary', { readiness: { tables: ['commissions'] } })
  const waits = await insertRun(admin.db, { period: '2026-09', status: 'waiting', wait_until: '2027-01-01T00:00:00Z' })
  const set = await put('/watermarks/commissions', { complete_through: '2026-11-01T01:00:00+01:00' })
  expect([set.status, set.json.complete_through]).toEqual([200, '2026-11-01T00:00:00.000Z'])
  expect((await get('/watermarks/commissions')).json).toEqual(set.json)
  await until(async () => (await get(`/runs/${waits.id}`)).json.status === 'queued', 'the run no longer waits')
  const moved = await put('/watermarks/commissions?account_id=2', { complete_through: '2026-11-01' })
  expect(moved.json).toMatchObject({ account_id: 2, complete_through: '2026-10-31T15:00:00.000Z' })
  expect(await lastAudit()).toMatchObject({
    action: 'watermark.set',
    target: 'commissions',
    before: null,
    account_id: 2,
  })
  for (const body of [
    {},
    { complete_through: 'soon' },
    { complete_through: '2026-02-30' },
    { complete_through: 7 },
    [],
  ])
    expect((await put('/watermarks/commissions', body)).status, JSON.stringify(body)).toBe(400)
  for (const path of ['/watermarks/nonesuch', '/watermarks/commissions?account_id=9']) {
    expect((await get(path)).status, path).toBe(404)
    expect((await put(path, { complete_through: '2026-11-01' })).status, path).toBe(404)
  }
})

test('suppressions are lifted at once by what the server said', async () => {
  for (const name of ['x', 'y'])
    await admin.db
      .insertInto('suppressions')
      .values({ address: `${name}@relay.test`, reply: '554 relay', created_at: NOW })
      .execute()
  expect((await get('/suppressions?reply=RELAY')).json.items).toHaveLength(2)
  const lift = (query: string) => call(admin, 'DELETE', `/admin/api/suppressions${query}`)
  expect((await lift('?reply=554')).json).toEqual({ lifted: 2, addresses: ['x@relay.test', 'y@relay.test'] })
  expect((await lift('?reply=554')).json).toEqual({ lifted: 0, addresses: [] })
  expect(await lastAudit()).toMatchObject({ action: 'suppression.delete', target: 'reply: 554', after: { lifted: 2 } })
  expect([(await lift('')).status, (await lift('?run=nothing')).status]).toEqual([400, 404])
})

test('suppressions are listed, found in any case, and deleted once', async () => {
  const odd = "o'neil+x%y/z@partner.test"
  for (const [address, seconds] of [
    ['one@partner.test', 1],
    [odd, 2],
  ] as const)
    await admin.db
      .insertInto('suppressions')
      .values({ address, reply: '550 no', created_at: new Date(NOW.getTime() + seconds * 1000) })
      .execute()
  const first = (await get('/suppressions?limit=1')).json
  expect(first.items).toMatchObject([{ address: odd, reply: '550 no', delivery_id: null }])
  const next = (await get(`/suppressions?limit=1&cursor=${first.next_cursor}`)).json
  expect([next.items[0].address, next.next_cursor]).toEqual(['one@partner.test', null])
  const path = `/suppressions/${encodeURIComponent(odd.toUpperCase())}`
  expect((await get(path)).json).toEqual(first.items[0])
  const remove = () => call(admin, 'DELETE', `/admin/api${path}`)
  expect([(await remove()).status, (await remove()).status, (await get(path)).status]).toEqual([204, 404, 404])
  expect(await lastAudit()).toMatchObject({
    action: 'suppression.delete',
    target: odd,
    before: { reply: '550 no' },
    after: null,
  })
  for (const none of ['nobody%40x.test', '%00', '%F0%9F%99%82'])
    expect((await get(`/suppressions/${none}`)).status).toBe(404)
})
