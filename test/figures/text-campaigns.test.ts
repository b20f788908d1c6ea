import { beforeAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../worker/http/serve.ts'
import { decimal, open, sum } from './books.ts'
import { campaignsOf } from './reckon/activity.ts'
import { amount } from './reckon/balance.ts'
import * as data from './reckon/data.ts'
import { inWindow, type Query, SERVED, SPANS, served } from './served.ts'
import { factsOf } from './worlds.ts'

const { database, ask } = served()

const cases = SERVED.flatMap((world) =>
  ['p1', 'p2', 'p9'].map((partner) => ({ world, account: world.account, partner })),
)

describe.each(cases)('campaigns of account $account, partner $partner', ({ world, partner }) => {
  const books = open(factsOf(world), world.decimals)
  const money = (minor: bigint) => Number(decimal(minor, world.decimals))
  const plain = Number
  let key: string
  beforeAll(async () => {
    key = await tokenFor(database(), 'partner', world.account, partner)
  })
  const get = (path: string, query: Query = {}) => ask(key, `/v2/partners${path}`, query)

  test.each(SPANS)('best campaigns from %s to %s', async (date_from, date_to) => {
    const window = data.asked(date_from, date_to)
    const of = (campaign: string) => data.ofCampaign(books, partner, campaign)
    const values: Record<string, (campaign: string) => bigint> = {
      clicks: (id) =>
        sum(
          books.rows('clicks', { campaign_id: id }).filter((row) => inWindow(row.at('occurred_at'), window)),
          (row) => row.count('clicks'),
        ),
      trials: (id) => BigInt(of(id).licenses.filter((row) => inWindow(row.at('created_at'), window)).length),
      conversions: (id) => BigInt(of(id).licenses.filter((row) => inWindow(row.at('converted_at'), window)).length),
      earnings: (id) =>
        amount(
          books,
          of(id).entries.filter((row) => inWindow(row.at('earned_at'), window)),
        ),
    }
    for (const [name, value] of Object.entries(values)) {
      const say = name === 'earnings' ? money : plain
      const best = data.rank(books, partner, (campaign) => value(campaign.text('campaign_id')))
      const base = '/affiliates/campaigns/best-performing'
      for (const limit of [undefined, '1', '3', '100']) {
        const top = best.slice(0, Number(limit ?? 10))
        expect(await get(`${base}/reports/${name}`, { date_from, date_to, limit })).toEqual({
          items: top.map((row) => ({ ...row, value: say(row.value) })),
        })
        expect(await get(`${base}/metrics/${name}`, { date_from, date_to, limit })).toEqual({
          value: say(sum(top, (row) => row.value)),
        })
      }
    }
  })

  test('each campaign', async () => {
    for (const campaign of campaignsOf(books, partner)) {
      const id = campaign.text('campaign_id')
      const { licenses, entries } = data.ofCampaign(books, partner, id)
      expect(await get(`/affiliates/campaigns/${id}/summary`)).toEqual({
        click: plain(sum(books.rows('clicks', { campaign_id: id }), (row) => row.count('clicks'))),
        trial: licenses.length,
        paid: licenses.filter((row) => row.at('converted_at')).length,
        earnings: money(amount(books, entries)),
      })
      for (const billing_cycle of ['monthly', 'annual']) {
        const base = `/affiliates/campaigns/${id}`
        const earned = (window: data.Window) => money(data.cycleEarnings(books, partner, id, billing_cycle, window))
        expect(await get(`${base}/metrics/earnings`, { billing_cycle })).toEqual({ value: earned(data.ALWAYS) })
        const dates = { date_from: '2026-02-10', date_to: '2026-04-02' }
        expect(await get(`${base}/metrics/earnings`, { billing_cycle, ...dates })).toEqual({
          value: earned(data.asked(dates.date_from, dates.date_to)),
        })
        expect(await get(`${base}/reports/earnings`, { billing_cycle, ...dates, aggregation: 'week' })).toEqual({
          items: data
            .bucketsOf(dates.date_from, dates.date_to, 'week')
            .map(({ date_range, window }) => ({ date_range, total: earned(window) })),
        })
      }
    }
  })
})
