import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { bearer, serve, tokenFor } from '../serve.ts'
import { insertProgram, type Subject, subjectOf } from './program.ts'

let database: TestDatabase
let app: FastifyInstance
const mine: Subject = subjectOf(1, 1)
let partner: string
let account: string

beforeAll(async () => {
  database = await freshDatabase()
  await insertProgram(database.db, [mine, subjectOf(1, 2), subjectOf(2, 1)])
  app = await serve(database)
  partner = await tokenFor(database, 'partner', 1, mine.partnerId)
  account = await tokenFor(database, 'account', 1)
})
afterAll(async () => {
  await app.close()
  await database.close()
})

async function ask(path: string, query: Record<string, string> = {}, token = partner) {
  const answer = await app.inject({ url: path, query, headers: bearer(token) })
  expect([path, answer.statusCode, answer.statusCode === 200 || answer.body]).toEqual([path, 200, true])
  return answer.json()
}

test('usage of a range, both ends included', async () => {
  const range = { startDate: '2026-03-10', endDate: '2026-03-11' }
  expect(await ask('/partner/usage', range)).toEqual({ totalQuantity: 20, totalEvents: 2 })
  expect(await ask('/partner/analytics', { startDate: '2026-03-01', endDate: '2026-03-31' })).toEqual({
    partnerId: mine.partnerId,
    startDate: '2026-03-01',
    endDate: '2026-03-31',
    totalOrganizations: 1,
    activeOrganizations: 1,
    totalIdentifications: 20,
    creditsRemaining: 70,
    creditsUsed: 30,
  })
  // The clock stands at 2026-11-20 05:00 UTC, 06:00 in Warsaw.
  expect(await ask('/partner/analytics')).toMatchObject({ startDate: '2026-10-21', endDate: '2026-11-20' })
  expect(await ask('/partner/billing/usage')).toMatchObject({
    startDate: '2026-11-01',
    endDate: '2026-11-20',
    totalEvents: 0,
  })
  expect((await ask('/partner/organizations', { search: 'ORG', status: 'active' })).organizations).toHaveLength(1)
  expect((await ask('/partner/organizations', { externalId: 'other' })).organizations).toHaveLength(0)
})

test('the leaderboard, other currencies by the closing day', async () => {
  const board = (query: object = {}) =>
    ask('/v1/analytics/partners', { start_date: '2026-03-01', end_date: '2026-03-31', ...query }, account)
  const answer = await board({ partner_uuids: mine.uuid })
  expect(answer).toEqual({
    currency_code: 'USD',
    period: { start_date: '2026-03-01', end_date: '2026-03-31' },
    partners: [
      {
        uuid: mine.uuid,
        name: `Name ${mine.partnerId}`,
        logo_uuid: null,
        revenue: 610,
        open_pipeline: 70,
        won_deals: 2,
        total_deals: 4,
        avg_deal_value: 305,
        total_leads: 3,
        converted_leads: 1,
        conversion_rate: 33.3,
        win_rate: 66.7,
      },
    ],
  })
  expect((await board()).partners).toHaveLength(4)
  expect((await board({ limit: '1' })).partners).toHaveLength(1)
  expect((await board({ tier_uuids: 'gold', partner_type: 'reseller' })).partners).toHaveLength(2)
  expect((await board({ lead_direction: 'sent' })).partners[0]).toMatchObject({
    total_leads: 2,
    converted_leads: 0,
    conversion_rate: 0,
  })
})

test('a missing rate is named instead of left out', async () => {
  const other = await tokenFor(database, 'account', 2)
  await database.db.deleteFrom('fx_rates').where('account_id', '=', 2).execute()
  const answer = await app.inject({
    url: '/v1/analytics/partners?start_date=2026-03-01&end_date=2026-03-31',
    headers: bearer(other),
  })
  expect(answer.statusCode).toBe(409)
  expect(answer.json().detail).toMatch(/EUR.*2026-03-12/)
})

test('the timeline of leads leaves no month out', async () => {
  const query = { partner_uuid: mine.uuid, start_date: '2026-02-01', end_date: '2026-03-31' }
  expect(await ask('/v1/analytics/partners/leads-timeline', query, account)).toEqual({
    partner_uuid: mine.uuid,
    period: { start_date: '2026-02-01', end_date: '2026-03-31' },
    months: [
      { label: '2026-02', total: 0, received: 0, sent: 0, converted: 0, rejected: 0, pending: 0 },
      { label: '2026-03', total: 3, received: 1, sent: 2, converted: 1, rejected: 1, pending: 1 },
    ],
  })
  const unknown = { ...query, partner_uuid: crypto.randomUUID() }
  const answer = await app.inject({
    url: '/v1/analytics/partners/leads-timeline',
    query: unknown,
    headers: bearer(account),
  })
  expect(answer.statusCode).toBe(404)
})

test.each([
  ['current_year', '2026-01-01', '2026-12-31'],
  ['last_year', '2025-01-01', '2025-12-31'],
  ['current_quarter', '2026-10-01', '2026-12-31'],
  ['last_quarter', '2026-07-01', '2026-09-30'],
  ['current_month', '2026-11-01', '2026-11-30'],
  ['last_month', '2026-10-01', '2026-10-31'],
  ['last_30_days', '2026-10-22', '2026-11-20'],
  ['last_90_days', '2026-08-23', '2026-11-20'],
  ['last_6_months', '2026-06-01', '2026-11-30'],
  ['last_12_months', '2025-12-01', '2026-11-30'],
])('%s is %s to %s', async (period, start_date, end_date) => {
  const timeline = await ask('/v1/analytics/partners/leads-timeline', { partner_uuid: mine.uuid, period }, account)
  expect(timeline.period).toEqual({ start_date, end_date })
})

test('a pipeline: totals, agents and stages, and a series', async () => {
  const path = `/api/v1/accounts/1/funnels/${mine.funnel}/analytics`
  const march = { since: '2026-03-01', until: '2026-03-31' }
  const answer = await ask(path, { ...march, group_by: 'week' }, account)
  // Two partners with the same deals each.
  expect(answer).toMatchObject({
    period: march,
    total_created: 8,
    total_won: 4,
    total_lost: 2,
    total_value_created: 1960,
    total_value_won: 1220,
    average_deal_size: 305,
    conversion_rate: 50,
    by_agent: [
      {
        agent: { id: 1, name: 'Agent', email: 'a@b.test', avatar_url: 'https://a.test' },
        created: 8,
        won: 4,
        value_won: 1220,
      },
    ],
    by_stage: [
      { stage_id: 1, stage_name: 'New', count: 2, value: 140 },
      { stage_id: 2, stage_name: 'Won', count: 4, value: 1220 },
      { stage_id: 3, stage_name: 'Lost', count: 2, value: 600 },
    ],
  })
  expect(answer.series.map(({ key, created }: { key: string; created: number }) => [key, created])).toEqual([
    ['2026-W09', 0],
    ['2026-W10', 0],
    ['2026-W11', 6],
    ['2026-W12', 2],
    ['2026-W13', 0],
    ['2026-W14', 0],
  ])
  const always = await ask(path, { group_by: 'day' }, account)
  expect(always).toMatchObject({ period: { since: null, until: null }, total_created: 8 })
  expect(always.series[0].key).toBe('2026-03-10')
  expect((await ask(path, { ...march, agent_id: '2' }, account)).total_created).toBe(0)
  for (const wrong of [
    `/api/v1/accounts/2/funnels/${mine.funnel}/analytics`,
    '/api/v1/accounts/1/funnels/200/analytics',
  ]) {
    expect((await app.inject({ url: wrong, headers: bearer(account) })).statusCode).toBe(404)
  }
})
