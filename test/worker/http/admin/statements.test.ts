import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertPartner } from '../../../support/factories.ts'
import { until } from '../../../support/until.ts'
import { type Admin, call, finishedRun, openAdmin } from './open.ts'

let admin: Admin
let run: { id: string; deliveries: object }
beforeAll(async () => {
  admin = await openAdmin()
  await insertPartner(admin.db, { partner_id: 'quiet', name: '<script>alert(1)</script> 100%_' })
  run = await finishedRun(admin)
})
afterAll(() => admin.close())

const get = (path: string) => call(admin, 'GET', `/admin/api${path}`)
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const statementsOf = async (id: string, query = '') => (await get(`/runs/${id}/statements${query}`)).json.items

test('a statement says who, what, which files and which deliveries', async () => {
  const [statement] = await statementsOf(run.id)
  expect(statement).toMatchObject({
    run_id: run.id,
    subject: { kind: 'partner', partner_id: 'p1', name: 'Partner p1' },
    revision: 1,
    status: 'rendered',
    sealed: { report: 'tally', subject: { partner_id: 'p1' }, figures: { total: '100', lines: 1 } },
    files: [{ name: 'p1.csv', type: 'text/csv; charset=utf-8', size: 12, rows: 1 }],
    deliveries: [{ to: 'p1@partner.test', status: 'sent', attempts: 1 }],
  })
  expect(statement.deliveries[0].message_id).toMatch(/^<.+@localhost>$/)
  expect((await get(`/statements/${statement.id}`)).json).toEqual(statement)
})

test('one that was not sent says why, by the name of now', async () => {
  const [quiet] = await statementsOf(run.id, '?status=skipped')
  expect(quiet).toMatchObject({
    status: 'skipped',
    reason: 'no_activity',
    sha256: null,
    sealed: null,
    files: [],
    deliveries: [],
  })
  expect(quiet.subject).toEqual({ kind: 'partner', partner_id: 'quiet', name: '<script>alert(1)</script> 100%_' })
})

test('statements come in pages and are found by id, name or address', async () => {
  const { json } = await get(`/runs/${run.id}/statements?limit=2`)
  const rest = (await get(`/runs/${run.id}/statements?limit=2&cursor=${json.next_cursor}`)).json
  expect([json.items.length, rest.items.length, rest.next_cursor]).toEqual([2, 1, null])
  const found = async (q: string) => {
    const items = await statementsOf(run.id, `?q=${encodeURIComponent(q)}`)
    return items.map((one: { subject: { partner_id: string } }) => one.subject.partner_id)
  }
  expect(await found('P2@partner')).toEqual(['p2'])
  expect(await found('partner P1')).toEqual(['p1'])
  expect(await found('<script>')).toEqual(['quiet'])
  expect(await found('100%_')).toEqual(['quiet'])
  for (const nothing of ['%', '_uiet', "'; drop table statements; --", '\\', '🙂']) {
    expect(await found(nothing), nothing).toEqual(nothing === '%' ? ['quiet'] : [])
  }
  for (const bad of ['limit=x', 'cursor=x', 'cursor=Wy0xXQ', 'cursor=WzFlOTld', 'status=sent', 'q=%00', 'q='])
    expect((await get(`/runs/${run.id}/statements?${bad}`)).status, bad).toBe(400)
})

test('a file is its stored bytes with the SHA-256 as ETag; no path leads elsewhere', async () => {
  const [{ id, files }] = await statementsOf(run.id)
  const path = `/statements/${id}/files`
  const file = await get(`${path}/p1.csv`)
  expect([file.status, file.text, sha256(file.bytes)]).toEqual([200, 'total\r\n100\r\n', files[0].sha256])
  expect(file.headers.get('etag')).toBe(`"${files[0].sha256}"`)
  expect(file.headers.get('content-disposition')).toMatch(/^attachment/)
  expect((await get(`${path}/p1.csv?inline=true`)).headers.get('content-disposition')).toMatch(/^inline/)
  const again = await call(admin, 'GET', `/admin/api${path}/p1.csv`, {
    headers: { 'if-none-match': `"${files[0].sha256}"` },
  })
  expect(again.status).toBe(304)
  for (const name of ['p2.csv', '..%2f..%2fadmin-token', '%2e%2e', '..%5cx', 'p1.csv%00', '%00', files[0].sha256])
    expect((await get(`${path}/${name}`)).status, name).toBe(404)
})

test('the mail is the one that was sent, of the newest delivery or of the one named', async () => {
  const [{ id, deliveries }] = await statementsOf(run.id)
  const mail = await get(`/statements/${id}/mail`)
  expect([mail.status, mail.type]).toEqual([200, 'message/rfc822'])
  expect(mail.text).toContain(`Message-ID: ${deliveries[0].message_id}`)
  const resent = await call(admin, 'POST', `/admin/api/deliveries/${deliveries[0].id}/resend`, {
    body: { to: 'finance@owner.test' },
  })
  expect(resent.json).toMatchObject({
    to: 'finance@owner.test',
    resend_of: deliveries[0].id,
    requested_by: 'ADMIN_TOKEN',
  })
  await until(async () => (await get(`/deliveries/${resent.json.id}`)).json.status === 'sent', 'the resend is sent')
  expect((await get(`/statements/${id}/mail`)).text).toContain('finance@owner.test')
  expect((await get(`/statements/${id}/mail?delivery=${deliveries[0].id}`)).text).toBe(mail.text)
  for (const none of [randomUUID(), 'x'])
    expect((await get(`/statements/${id}/mail?delivery=${none}`)).status).toBe(404)
  const [skipped] = await statementsOf(run.id, '?status=skipped')
  expect((await get(`/statements/${skipped.id}/mail`)).status).toBe(404)
  await admin.runtime.context.storage.remove(sha256(mail.bytes))
  expect((await get(`/statements/${id}/mail?delivery=${deliveries[0].id}`)).status).toBe(410)
})

test('what stayed unchanged shows what it repeats, and only the deliveries of its own run', async () => {
  const [first] = await statementsOf(run.id)
  const again = await finishedRun(admin)
  expect(again).toMatchObject({
    revision: 2,
    status: 'succeeded',
    statements: { unchanged: 2, skipped: 1 },
    deliveries: {},
  })
  const [repeated] = await statementsOf(again.id)
  expect(repeated).toMatchObject({ status: 'unchanged', replaces: first.id, sha256: first.sha256, deliveries: [] })
  expect([repeated.sealed, repeated.files]).toEqual([first.sealed, first.files])
  expect((await get(`/statements/${repeated.id}/files/p1.csv`)).text).toBe('total\r\n100\r\n')
})

test('deliveries are listed, filtered, paged and tell their history', async () => {
  const sent = (await get(`/deliveries?status=sent&run=${run.id}`)).json.items
  expect(sent.map((one: { to: string }) => one.to)).toEqual(
    expect.arrayContaining(['p1@partner.test', 'p2@partner.test']),
  )
  const page = (await get('/deliveries?limit=2')).json
  const rest = (await get(`/deliveries?limit=2&cursor=${page.next_cursor}`)).json
  expect(new Set([...page.items, ...rest.items].map(({ id }) => id)).size).toBe(3)
  const one = (await get(`/deliveries/${sent[0].id}`)).json
  expect(one.history).toMatchObject([{ attempt: 1, outcome: 'sent' }])
  expect((await get('/deliveries?status=failed')).json.items).toEqual([])
  for (const none of [randomUUID(), 'x']) {
    expect((await get(`/deliveries?run=${none}`)).status).toBe(404)
    expect((await get(`/deliveries/${none}`)).status).toBe(404)
  }
  for (const bad of ['status=gone', 'limit=-1', `cursor=${page.next_cursor}x`])
    expect((await get(`/deliveries?${bad}`)).status, bad).toBe(400)
})

test('a resend is one mail per key, and never to what is no address', async () => {
  const [{ id }] = (await get(`/deliveries?status=sent&run=${run.id}`)).json.items
  const resend = (body: unknown, headers: Record<string, string> = {}) =>
    call(admin, 'POST', `/admin/api/deliveries/${id}/resend`, { body, headers })
  const addresses = ['a@x.test\r\nBcc: b@x.test', 'a@x.test, b@x.test', '', 'a b@x.test', 'a@x.test\0', '<a@x.test>']
  for (const to of [...addresses, 7, null])
    expect((await resend({ to })).json, String(to)).toMatchObject({ status: 400, errors: [{ in: 'body', name: 'to' }] })
  const key = { 'idempotency-key': 'again' }
  const answers = await Promise.all(Array.from({ length: 10 }, () => resend({ to: 'z@x.test' }, key)))
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
  expect((await resend({ to: 'y@x.test' }, key)).status).toBe(409)
  expect((await resend(undefined)).json).toMatchObject({ resend_of: id })
  for (const none of [randomUUID(), 'x', '%00'])
    expect((await call(admin, 'POST', `/admin/api/deliveries/${none}/resend`)).status).toBe(404)
})

test('what does not exist is 404, however it is written', async () => {
  for (const none of [randomUUID(), 'nothing', '%00', "1'or'1", 'ü', '9'.repeat(400)])
    for (const path of [
      `/runs/${none}`,
      `/runs/${none}/statements`,
      `/runs/${none}/events`,
      `/statements/${none}`,
      `/statements/${none}/mail`,
      `/statements/${none}/files/x`,
    ]) {
      const { status, type } = await get(path)
      expect([status, type], path).toEqual([404, 'application/problem+json; charset=utf-8'])
    }
})
