import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { bearer, serve, tokenFor } from '../serve.ts'
import { insertProgram, type Subject, subjectOf } from './program.ts'

let database: TestDatabase
let app: FastifyInstance
const mine: Subject = subjectOf(1, 1)
let partner: string

beforeAll(async () => {
  database = await freshDatabase()
  await insertProgram(database.db, [mine, subjectOf(1, 2), subjectOf(2, 1)])
  app = await serve(database)
  partner = await tokenFor(database, 'partner', 1, mine.partnerId)
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
const text = (path: string, query?: Record<string, string>) => ask(`/v2/partners/${path}`, query)
const MARCH = { date_from: '2026-03-01T00:00:00Z', date_to: '2026-03-31T23:59:59Z' }

test('balance and earnings as of now', async () => {
  // 100 − 15.25 + 40.50 + 60.25 + 20 + 200 + 30 + 10; the discount is not owed.
  expect(await text('balance')).toEqual({ pending: 10, withdrawn: 80, available: 325.5, total: '445.50' })
  expect(await text('earnings')).toEqual({
    balance: 325.5,
    blocked: 30,
    commission_total: 445.5,
    commission_last_30_days: 0,
    withdrawals: 80,
    pending: 10,
    affiliate: {
      commission_total: 385.25,
      commission_last_30_days: 0,
      livechat: { commission_total: 324.75, commission_last_30_days: 0 },
      chatbot: { commission_total: 40.5, commission_last_30_days: 0 },
      partner_program: { commission_total: 20, commission_last_30_days: 0 },
    },
    solution: {
      commission_total: 60.25,
      commission_last_30_days: 0,
      livechat: { discount: 12, commission_total: 60.25, commission_last_30_days: 0 },
      chatbot: { discount: 0, commission_total: 0, commission_last_30_days: 0 },
    },
  })
})

test.each([
  ['metrics/commission', MARCH, 245.5],
  ['metrics/commission', {}, 445.5],
  ['metrics/commission', { ...MARCH, program: 'solution' }, 60.25],
  ['metrics/commission', { ...MARCH, program: 'all', product: 'chatbot' }, 40.5],
  // A bare end includes its day, a time its second.
  ['metrics/commission', { date_from: '2026-03-07', date_to: '2026-03-07' }, 100],
  ['metrics/commission', { date_from: '2026-03-07T12:00:00Z', date_to: '2026-03-07T12:00:00Z' }, 100],
  ['metrics/commission', { date_from: '2026-03-07T12:00:01Z', date_to: '2026-03-11' }, 0],
  ['partners-referred/metrics/commission', MARCH, 20],
  ['partners-referred/metrics/commission', { ...MARCH, product: 'livechat' }, 0],
  ['affiliates/metrics/clicks', MARCH, 7],
  ['affiliates/metrics/clicks', {}, 11],
  ['affiliates/metrics/trials', MARCH, 1],
  ['affiliates/metrics/conversions', MARCH, 1],
  ['affiliates/metrics/earnings', MARCH, 185.25],
  ['affiliates/metrics/earnings', { ...MARCH, product: 'livechat' }, 124.75],
  [`affiliates/campaigns/${mine.campaign}/metrics/earnings`, { billing_cycle: 'annual' }, 284.75],
  [`affiliates/campaigns/${mine.campaign}/metrics/earnings`, { billing_cycle: 'monthly' }, 0],
  // The commission of that campaign has no licence, so no billing cycle.
  [`affiliates/campaigns/${mine.campaign + 1}/metrics/earnings`, { billing_cycle: 'annual' }, 0],
])('%s over %o is %d', async (path, query, value) => {
  expect(await text(path, query)).toEqual({ value })
})

test.each([
  ['reports/commission', 'month', {}, [200, 245.5]],
  [
    'reports/commission',
    'month',
    { filters: '[{"field":"program","operator":"equals","value":"solution"}]' },
    [0, 60.25],
  ],
  ['partners-referred/reports/commission', 'month', {}, [0, 20]],
  ['affiliates/reports/clicks', 'month', {}, [4, 7]],
  ['affiliates/reports/clicks', 'month', { product: 'chatbot' }, [4, 0]],
  ['affiliates/reports/trials', 'month', {}, [1, 1]],
  ['affiliates/reports/conversions', 'month', { product: 'all' }, [0, 1]],
  ['affiliates/reports/earnings', 'month', {}, [200, 185.25]],
  ['solutions/reports/license', 'month', {}, [1, 1]],
  ['solutions/reports/license', 'month', { license_status: 'paid' }, [1, 0]],
])('%s by %s, %o', async (path, aggregation, query, totals) => {
  // Asked from the middle of February to the middle of March: the buckets are whole all the same.
  const { items } = await text(path, { date_from: '2026-02-14', date_to: '2026-03-14', aggregation, ...query })
  expect(items).toEqual([
    { date_range: { from: '2026-02-01 00:00:00', to: '2026-02-28 23:59:59' }, total: totals[0] },
    { date_range: { from: '2026-03-01 00:00:00', to: '2026-03-31 23:59:59' }, total: totals[1] },
  ])
})

test('weeks start on Monday, days are kept though empty', async () => {
  const ranges = async (aggregation: string, date_from: string, date_to: string) =>
    (await text('affiliates/reports/clicks', { date_from, date_to, aggregation })).items.map(
      (item: { date_range: { from: string; to: string }; total: number }) => [
        item.date_range.from,
        item.date_range.to,
        item.total,
      ],
    )
  expect(await ranges('week', '2026-03-01', '2026-03-08')).toEqual([
    ['2026-02-23 00:00:00', '2026-03-01 23:59:59', 0],
    ['2026-03-02 00:00:00', '2026-03-08 23:59:59', 7],
  ])
  expect(await ranges('day', '2026-03-04', '2026-03-05')).toEqual([
    ['2026-03-04 00:00:00', '2026-03-04 23:59:59', 0],
    ['2026-03-05 00:00:00', '2026-03-05 23:59:59', 7],
  ])
})

test.each(['clicks', 'trials', 'conversions', 'earnings'])(
  'the days of %s add up to the number over the same range',
  async (name) => {
    const days = await text(`affiliates/reports/${name}`, { ...MARCH, aggregation: 'day' })
    const sum = days.items.reduce((total: number, { total: day }: { total: number }) => total + day * 100, 0)
    expect(sum / 100).toBe((await text(`affiliates/metrics/${name}`, MARCH)).value)
  },
)

test('a campaign without dates is reported over all time it earned', async () => {
  const report = (query: object) =>
    text(`affiliates/campaigns/${mine.campaign}/reports/earnings`, {
      aggregation: 'month',
      billing_cycle: 'annual',
      ...query,
    })
  expect((await report({})).items.map(({ total }: { total: number }) => total)).toEqual([200, 84.75])
  expect((await report({ date_from: '2026-03-01' })).items).toHaveLength(1)
  expect((await report({ billing_cycle: 'monthly' })).items).toEqual([])
})

test('the best campaigns: highest first, with more than zero, so many', async () => {
  const best = (path: string, query = {}) => text(`affiliates/campaigns/best-performing/${path}`, query)
  const [first, second] = [
    { id: mine.campaign, name: `First ${mine.partnerId}`, product: 'livechat' },
    { id: mine.campaign + 1, name: `Second ${mine.partnerId}`, product: 'chatbot' },
  ]
  expect(await best('reports/clicks')).toEqual({
    items: [
      { ...first, value: 7 },
      { ...second, value: 4 },
    ],
  })
  expect(await best('reports/clicks', MARCH)).toEqual({ items: [{ ...first, value: 7 }] })
  expect(await best('reports/earnings', { limit: '1' })).toEqual({ items: [{ ...first, value: 284.75 }] })
  expect(await best('metrics/earnings')).toEqual({ value: 325.25 })
  expect(await best('metrics/earnings', { limit: '1' })).toEqual({ value: 284.75 })
  expect(await best('metrics/trials')).toEqual({ value: 3 })
  expect(await best('reports/conversions')).toEqual({ items: [{ ...first, value: 1 }] })
})

test('licences by their status of now', async () => {
  const counts = { trials: 1, paid: 1, expired: 1 }
  expect(await text('affiliates/summary')).toEqual(counts)
  expect(await text('solutions/licenses/count')).toEqual(counts)
  expect(await text('solutions/licenses/count', { date_from: '2026-02-01', date_to: '2026-02-01' })).toEqual({
    trials: 0,
    paid: 1,
    expired: 0,
  })
  const stats = await text('stats')
  expect(stats.affiliate.livechat).toEqual({ trials: 1, trials_cc: 0, paid: 1 })
  expect(stats.affiliate.partner_program.partners_referred).toBe(1)
  expect(stats.solution.helpdesk).toEqual({ trials: 0, trials_cc: 0, paid: 0 })
  const summary = await app.inject({ method: 'POST', url: '/v2/partners/solutions/summary', headers: bearer(partner) })
  expect(summary.json()).toEqual({ trials: '1', paid: '1', expired: '1', commission: '60.25', discount: '12.00' })
})

test('campaigns: what they did, and one by itself', async () => {
  expect(await text(`affiliates/campaigns/${mine.campaign}/summary`)).toEqual({
    click: 7,
    trial: 2,
    paid: 1,
    earnings: 284.75,
  })
  expect(await text(`affiliates/campaigns/${mine.campaign + 2}/summary`)).toEqual({
    click: 0,
    trial: 0,
    paid: 0,
    earnings: 0,
  })
  const { result } = await text('affiliates/performance', MARCH)
  expect(result).toHaveLength(3)
  expect(result[0]).toMatchObject({
    campaign_name: `First ${mine.partnerId}`,
    clicks: 7,
    trials: 1,
    qls: 1,
    paid: 1,
    commission: 84.75,
  })
})

test('campaign search: state, filters, order, pages', async () => {
  const search = async (query: Record<string, string>) => {
    const { results, ...rest } = await text('affiliates/campaigns/search', { state: 'active', ...query })
    return { ...rest, ids: results.map(({ id }: { id: number }) => id - mine.campaign) }
  }
  const filter = (field: string, operator: string, value: string) => ({
    filters: JSON.stringify([{ field, operator, value }]),
  })
  expect(await search({})).toEqual({ value: 2, total: 2, limit: 15, ids: [1, 0] })
  expect(await search({ sort_order: 'asc' })).toMatchObject({ ids: [0, 1] })
  expect(await search({ state: 'archived' })).toMatchObject({ ids: [2] })
  expect(await search({ page: '2' })).toMatchObject({ total: 2, ids: [] })
  expect(await search({ product: 'chatbot' })).toMatchObject({ ids: [1] })
  expect(await search(filter('name', 'contains', 'SECOND'))).toMatchObject({ ids: [1] })
  expect(await search(filter('name', 'contains', '%'))).toMatchObject({ ids: [] })
  expect(await search(filter('name', 'equals', 'second'))).toMatchObject({ ids: [] })
})

test('the partner it referred, with what that partner has', async () => {
  const { result } = await text('affiliates/partners-referred')
  expect(result).toEqual([
    {
      partner_id: `${mine.partnerId}-friend`,
      creation_timestamp: '2026-02-01 10:00:00',
      active_trials: 1,
      active_trials_cc_added: 0,
      total_trials: 1,
      active_paid: 0,
      total_paid: 0,
      commission: 20,
      campaign_name: '',
      utm_campaign: '',
      utm_medium: '',
      utm_content: '',
      utm_term: '',
    },
  ])
})

test('one licence in full, with its people and its invoices', async () => {
  const path = `solutions/licenses/livechat/${mine.partnerId}-S2`
  expect(await text(path)).toMatchObject({
    total_commission: 60.25,
    total_discount: 12,
    status: 'paid',
    paid: true,
    cc_added: true,
    invited_agents: [{ email: `agent@${mine.partnerId}.test` }],
  })
  expect((await text(`${path}/operators`)).result.map(({ permission }: { permission: string }) => permission)).toEqual([
    'owner',
    'agent',
  ])
  const { result } = await text(`solutions/licenses/${mine.partnerId}-S2/invoices`)
  expect(result.map(({ invoice_no, amount }: { invoice_no: number; amount: number }) => [invoice_no, amount])).toEqual([
    [2, 312],
    [1, 312],
  ])
  const pdf = await app.inject({
    url: `/v2/partners/solutions/licenses/${mine.partnerId}-S2/invoices/2`,
    headers: bearer(partner),
  })
  expect(pdf.headers['content-type']).toBe('application/pdf')
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
  const none = await app.inject({
    url: `/v2/partners/solutions/licenses/${mine.partnerId}-S2/invoices/3`,
    headers: bearer(partner),
  })
  expect(none.statusCode).toBe(404)
})

test('a partner that is no Expert is refused', async () => {
  const token = await tokenFor(database, 'partner', 1, mine.partnerId)
  await database.db
    .updateTable('partners')
    .set({ programs: ['affiliate'] })
    .where('partner_id', '=', mine.partnerId)
    .execute()
  for (const path of ['profile', 'comments', 'stats', 'history']) {
    const answer = await app.inject({ url: `/v2/partners/experts/${path}`, headers: bearer(token) })
    expect(answer.statusCode).toBe(403)
  }
})
