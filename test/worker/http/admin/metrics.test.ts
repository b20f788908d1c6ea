import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSchedules } from '../../../../db/ledger/schedules.ts'
import { scheduleDefaults } from '../../../../jobs/index.ts'
import { insertDelivery, insertRun, insertStatement } from '../../../support/ledger.ts'
import { tokenFor } from '../serve.ts'
import { type Admin, call, openAdmin } from './open.ts'

let admin: Admin
let lines: string[]
beforeAll(async () => {
  admin = await openAdmin()
  await ensureSchedules(admin.db, scheduleDefaults, new Date('2026-10-20T00:00:00Z'))
  const run = await insertRun(admin.db, {
    period: '2026-10',
    status: 'partial',
    started_at: '2026-11-01T06:00:00Z',
    finished_at: '2026-11-01T06:01:40Z',
  })
  const statement = await insertStatement(admin.db, { run_id: run.id })
  for (const status of ['sent', 'sent', 'failed'] as const)
    await insertDelivery(admin.db, { run_id: run.id, statement_id: statement.id, status, next_attempt_at: null })
  await insertRun(admin.db, { report: 'reseller-weekly', status: 'succeeded', finished_at: '2026-11-20T04:00:00Z' })
  const answer = await call(admin, 'GET', '/metrics')
  expect(answer.type).toMatch(/^text\/plain; version=0\.0\.4/)
  lines = answer.text.split('\n')
})
afterAll(() => admin.close())

const value = (series: string) => {
  const line = lines.find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

test('every line is Prometheus text', () => {
  const sample = /^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="(\\.|[^"\\])*",?)*\})? (NaN|[+-]?(Inf|[\d.]+([eE][+-]?\d+)?))$/
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) expect(line).toMatch(sample)
})

test('the ledger, the queue and the schedules are told by report and state', () => {
  expect(value('bursar_runs{report="monthly-summary",status="partial"}')).toBe(1)
  expect(value('bursar_runs{report="license-export",status="failed"}')).toBe(0)
  expect(value('bursar_statements{report="monthly-summary",status="rendered"}')).toBe(1)
  expect(value('bursar_deliveries{report="monthly-summary",status="sent"}')).toBe(2)
  expect(value('bursar_deliveries{report="monthly-summary",status="failed"}')).toBe(1)
  expect(value('bursar_run_duration_seconds_bucket{report="monthly-summary",le="60"}')).toBe(0)
  expect(value('bursar_run_duration_seconds_bucket{report="monthly-summary",le="300"}')).toBe(1)
  expect(value('bursar_run_duration_seconds_bucket{report="monthly-summary",le="+Inf"}')).toBe(1)
  expect(value('bursar_run_duration_seconds_sum{report="monthly-summary"}')).toBe(100)
  expect(value('bursar_queue_jobs{queue="deliver",state="waiting"}')).toBe(0)
  expect(value('bursar_queue_up{queue="deliver"}')).toBe(1)
})

test('the last success has its age; a run that failed in part is none', () => {
  expect(value('bursar_last_success_age_seconds{report="reseller-weekly",account_id="1"}')).toBeCloseTo(3600, 0)
  expect(value('bursar_last_success_age_seconds{report="monthly-summary",account_id="1"}')).toBeUndefined()
})

test('what schedules expect and is not there is counted; where nothing is missing it says so', () => {
  expect(value('bursar_expected_runs_missing{report="monthly-summary",account_id="1"}')).toBe(0)
  expect(value('bursar_expected_runs_missing{report="partner-leaderboard",account_id="1"}')).toBe(1)
})

test('from this machine no key is needed, unless somebody passes the request on; a wrong one never does', async () => {
  const ask = async (token: string | null, headers: Record<string, string> = {}) =>
    (await call(admin, 'GET', '/metrics', { token, headers })).status
  expect(await ask(null)).toBe(200)
  expect(await ask(null, { 'x-forwarded-for': '203.0.113.9' })).toBe(401)
  expect(await ask('wrong')).toBe(401)
  expect(await ask(await tokenFor(admin.database, 'account', 1))).toBe(403)
  const elsewhere = await admin.app.inject({ url: '/metrics', remoteAddress: '203.0.113.9' })
  expect(elsewhere.statusCode).toBe(401)
})
