import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tokenFor } from '../serve.ts'
import { type Admin, call, finishedRun, openAdmin } from './open.ts'

let admin: Admin
beforeEach(async () => {
  admin = await openAdmin()
})
afterEach(() => admin.close())

const october = { report: 'tally', period: '2026-10' }
const post = (body: unknown, headers: Record<string, string> = {}) =>
  call(admin, 'POST', '/admin/api/runs', { body, headers })

test('a run is opened with 202 and its address, and found with 200 while it is open', async () => {
  const opened = await post(october)
  expect(opened.status).toBe(202)
  expect(opened.headers.get('location')).toBe(`/admin/api/runs/${opened.json.id}`)
  expect(opened.json).toMatchObject({ ...october, account_id: 1, revision: 1, trigger: 'http', status: 'queued' })
  expect(opened.json).toMatchObject({ progress: 0, statements: {}, deliveries: {}, error: null, finished_at: null })
  const again = await post({ ...october, account_id: 1, mail: true })
  expect([again.status, again.json.id]).toEqual([200, opened.json.id])
  expect((await post({ ...october, mail: false })).status).toBe(409)
})

test('what cannot be asked is refused with the name of what is wrong, and opens nothing', async () => {
  const refused: [body: unknown, status: number, name?: string][] = [
    [{ ...october, report: 'nonesuch' }, 400, 'report'],
    [{ ...october, period: '2026-13' }, 400, 'period'],
    [{ ...october, period: '2026-11' }, 400, 'period'],
    [{ period: '2026-10' }, 400, 'report'],
    [{ ...october, partner: 'p1' }, 400, 'body'],
    [{ ...october, partners: [] }, 400, 'partners'],
    [{ ...october, partners: 'p1' }, 400, 'partners'],
    [{ ...october, partners: ['p1\0'] }, 400, 'partners'],
    [{ ...october, as_of: '2026-02-30' }, 400, 'as_of'],
    [{ ...october, mail: 'perhaps' }, 400, 'mail'],
    [{ ...october, account_id: '1; drop table runs' }, 400, 'account_id'],
    ['not json', 400],
    [{ ...october, partners: ['p1', 'nobody'] }, 404],
    [{ ...october, account_id: 9 }, 404],
  ]
  for (const [body, status, name] of refused) {
    const headers = { 'content-type': 'application/json' }
    const { type, json } = await post(body, headers)
    expect([json.status, type], JSON.stringify(body)).toEqual([status, 'application/problem+json; charset=utf-8'])
    if (name) expect(json.errors[0]).toMatchObject({ in: 'body', name })
  }
  expect((await call(admin, 'GET', '/admin/api/runs')).json).toEqual({ items: [], next_cursor: null })
})

test('one key gives one run: 20 at once, and the same answer after its end', async () => {
  const key = { 'idempotency-key': 'once' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(october, key)))
  expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1)
  const [first] = answers
  admin.release()
  await call(admin, 'GET', `/admin/api/runs/${first?.json.id}/events`)
  const later = await post(october, key)
  expect([later.status, later.text, later.headers.get('location')]).toEqual([
    202,
    first?.text,
    `/admin/api/runs/${first?.json.id}`,
  ])
  expect((await post({ ...october, period: '2026-09' }, key)).status).toBe(409)
  expect((await call(admin, 'GET', '/admin/api/runs')).json.items).toHaveLength(1)
  const restated = await post(october, { 'idempotency-key': 'another' })
  expect([restated.status, restated.json.revision]).toEqual([202, 2])
})

test('a key is free again after a refusal, after 24 hours, and for another caller', async () => {
  const headers = { 'idempotency-key': 'k' }
  expect((await post({ ...october, partners: ['nobody'] }, headers)).status).toBe(404)
  const first = await post(october, headers)
  expect(first.status).toBe(202)
  const other = await call(admin, 'POST', '/admin/api/runs', {
    body: { report: 'tally', period: '2026-09' },
    headers,
    token: await tokenFor(admin.database, 'admin'),
  })
  expect(other.status).toBe(202)
  await admin.db.updateTable('idempotency_keys').set({ created_at: '2026-11-19T04:59:59Z' }).execute()
  expect((await post({ ...october, period: '2026-08' }, headers)).status).toBe(202)
  expect((await post(october, { 'idempotency-key': 'ü' })).json).toMatchObject({ errors: [{ in: 'header' }] })
})

test('20 simultaneous requests without a key open one run', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(october)))
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 19 }, () => 200), 202])
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
})

test('runs are listed newest first, filtered, in stable pages', async () => {
  for (const period of ['2026-07', '2026-08', '2026-09']) await post({ report: 'tally', period })
  const list = (query: string) => call(admin, 'GET', `/admin/api/runs?${query}`)
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await list(`limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
    seen.push(...json.items.map((run: { period: string }) => run.period))
    if (seen.length === 1) await post({ report: 'tally', period: '2026-06' })
    if (json.next_cursor === null) break
    cursor = json.next_cursor
  }
  expect(seen).toEqual(['2026-09', '2026-08', '2026-07'])
  expect((await list('period=2026-07&report=tally&status=queued&account_id=1')).json.items).toHaveLength(1)
  expect((await list('status=failed')).json.items).toEqual([])
  for (const bad of [
    'limit=x',
    'limit=0',
    'limit=1001',
    'cursor=%00%ff',
    'cursor=eyJ9',
    'status=nope',
    'limit=1&limit=2',
  ])
    expect((await list(bad)).json, bad).toMatchObject({ status: 400, errors: [{ in: 'query' }] })
})

test('cancel stops an open run once; retry takes up nothing where nothing failed', async () => {
  const { json } = await post(october)
  const act = (verb: string, id = json.id) => call(admin, 'POST', `/admin/api/runs/${id}/${verb}`)
  expect((await act('retry')).status).toBe(409)
  expect((await act('cancel')).json).toMatchObject({ id: json.id, status: 'cancelled', progress: 1 })
  expect((await act('cancel')).json).toMatchObject({ status: 409 })
  for (const id of [randomUUID(), 'nothing', '%00', "1'--", 'ü'])
    for (const verb of ['cancel', 'retry']) expect((await act(verb, id)).status, id).toBe(404)
  const run = await finishedRun(admin, { period: '2026-09' })
  expect((await act('retry', run.id)).status).toBe(409)
})

test('a failed delivery is retried; not while a newer run of the period is open', async () => {
  const run = await finishedRun(admin)
  expect(run).toMatchObject({ status: 'succeeded', progress: 1, statements: { rendered: 2 }, deliveries: { sent: 2 } })
  await admin.db.updateTable('deliveries').set({ status: 'failed' }).where('subject_id', '=', 'p1').execute()
  await admin.db.updateTable('runs').set({ status: 'partial' }).execute()
  const retry = () => call(admin, 'POST', `/admin/api/runs/${run.id}/retry`)
  await admin.db
    .updateTable('runs')
    .set({ status: 'waiting', wait_until: '2027-01-01T00:00:00Z' })
    .where('id', '=', (await post(october)).json.id)
    .execute()
  expect((await retry()).status).toBe(409)
  await admin.db.updateTable('runs').set({ status: 'cancelled' }).where('revision', '=', 2).execute()
  expect((await retry()).status).toBe(200)
  await call(admin, 'GET', `/admin/api/runs/${run.id}/events`)
  expect((await call(admin, 'GET', `/admin/api/runs/${run.id}`)).json).toMatchObject({ deliveries: { sent: 2 } })
})

test('who asked for what stands in the audit log', async () => {
  const { json } = await post(october)
  await call(admin, 'POST', `/admin/api/runs/${json.id}/cancel`)
  const { items } = (await call(admin, 'GET', '/admin/api/audit')).json
  expect(items).toMatchObject([
    {
      actor: 'ADMIN_TOKEN',
      action: 'run.cancel',
      target: json.id,
      before: { status: 'queued' },
      after: { status: 'cancelled' },
    },
    {
      actor: 'ADMIN_TOKEN',
      action: 'run.request',
      target: json.id,
      account_id: 1,
      before: null,
      after: { report: 'tally' },
    },
  ])
  const page = (await call(admin, 'GET', '/admin/api/audit?limit=1')).json
  const rest = (await call(admin, 'GET', `/admin/api/audit?limit=1&cursor=${page.next_cursor}`)).json
  expect([page.items[0].action, rest.items[0].action, rest.next_cursor]).toEqual(['run.cancel', 'run.request', null])
})
