import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../../support/until.ts'
import { ADMIN_TOKEN, bearer } from '../serve.ts'
import { type Admin, call, openAdmin } from './open.ts'

let admin: Admin
beforeEach(async () => {
  admin = await openAdmin()
})
afterEach(() => admin.close())

const open = async () =>
  (await call(admin, 'POST', '/admin/api/runs', { body: { report: 'tally', period: '2026-10' } })).json.id as string

const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('event: run\n'))
    .map((block) => JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'))

/** Reads what the server sends as it comes. */
async function listen(id: string, headers: Record<string, string> = {}) {
  const hangUp = new AbortController()
  const answer = await fetch(`${admin.address}/admin/api/runs/${id}/events`, {
    headers: { ...bearer(ADMIN_TOKEN), ...headers },
    signal: hangUp.signal,
  })
  const heard = { answer, text: '', ended: false, hangUp: () => hangUp.abort() }
  const read = async () => {
    for await (const chunk of answer.body ?? []) heard.text += Buffer.from(chunk).toString()
  }
  void read().then(
    () => {
      heard.ended = true
    },
    () => {},
  )
  return heard
}

test('the run is told at each change until its end, and progress never goes back', async () => {
  const id = await open()
  const heard = await listen(id)
  expect(heard.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  await until(() => eventsOf(heard.text).length > 0, 'the first event comes at once')
  expect(eventsOf(heard.text)[0]).toMatchObject({ id, status: 'queued', progress: 0 })
  admin.release()
  await until(() => heard.ended, 'the stream ends with the run')
  const events = eventsOf(heard.text)
  const progress = events.map((event) => event.progress)
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
  expect(events.at(-1)).toMatchObject({ status: 'succeeded', progress: 1, deliveries: { sent: 2 } })
  expect(events.at(-1)).toEqual((await call(admin, 'GET', `/admin/api/runs/${id}`)).json)
})

test('an ended run is told once; who has heard its end is told that there is no more', async () => {
  const id = await open()
  await call(admin, 'POST', `/admin/api/runs/${id}/cancel`)
  const { text } = await call(admin, 'GET', `/admin/api/runs/${id}/events`)
  expect(eventsOf(text)).toMatchObject([{ status: 'cancelled', progress: 1 }])
  const again = await call(admin, 'GET', `/admin/api/runs/${id}/events`, { headers: { 'last-event-id': 'end' } })
  expect(again.status).toBe(204)
})

test('a reader who hangs up, and one who stays, hold up neither the run nor the server', async () => {
  const id = await open()
  const [gone, stays] = [await listen(id), await listen(id)]
  await until(() => gone.text && stays.text, 'both hear')
  gone.hangUp()
  admin.release()
  await until(() => stays.ended, 'the other hears the end')
  const other = (await call(admin, 'POST', '/admin/api/runs', { body: { report: 'tally', period: '2026-09' } })).json.id
  await admin.db.updateTable('runs').set({ status: 'waiting' }).where('id', '=', other).execute()
  const waiting = await listen(other)
  await until(() => waiting.text, 'it hears')
  const closing = admin.app.close()
  await until(() => waiting.ended, 'the server ends it when it closes')
  await closing
})
