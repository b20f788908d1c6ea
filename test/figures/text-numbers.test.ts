import { beforeAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../worker/http/serve.ts'
import { decimal, open } from './books.ts'
import { addDays, localDate, startOfDay } from './calendar.ts'
import { discount } from './reckon/activity.ts'
import { balance } from './reckon/balance.ts'
import * as data from './reckon/data.ts'
import { inWindow, now, type Query, SERVED, SPANS, served } from './served.ts'
import { factsOf } from './worlds.ts'

const BUCKETS = [
  [...SPANS[0], 'week'],
  [...SPANS[1], 'day'],
  [...SPANS[2], 'month'],
] as const

const { database, ask } = served()

const cases = SERVED.flatMap((world) =>
  ['p1', 'p2', 'p9'].map((partner) => ({ world, account: world.account, partner })),
)

describe.each(cases)('numbers of account $account, partner $partner', ({ world, partner }) => {
  const books = open(factsOf(world), world.decimals)
  const own = data.measures(books, partner)
  const money = (minor: bigint) => Number(decimal(minor, world.decimals))
  const plain = Number
  let key: string
  beforeAll(async () => {
    key = await tokenFor(database(), 'partner', world.account, partner)
  })
  const get = (path: string, query: Query = {}) => ask(key, `/v2/partners${path}`, query)

  test.each(SPANS)('metrics from %s to %s', async (date_from, date_to) => {
    const dates = { date_from, date_to }
    const window = data.asked(date_from, date_to)
    for (const product of [undefined, 'livechat', 'helpdesk', 'all'])
      for (const program of [undefined, 'affiliate', 'all']) {
        const where = {
          product: product === 'all' ? undefined : product,
          program: program === 'all' ? undefined : program,
        }
        expect(await get('/metrics/commission', { ...dates, product, program })).toEqual({
          value: money(own.commission(window, where)),
        })
        if (product !== 'helpdesk')
          expect(await get('/partners-referred/metrics/commission', { ...dates, product, program })).toEqual({
            value: money(own.referred(window, where)),
          })
      }
    expect(await get('/affiliates/metrics/trials', dates)).toEqual({ value: plain(own.trials(window)) })
    expect(await get('/affiliates/metrics/conversions', dates)).toEqual({ value: plain(own.conversions(window)) })
    expect(await get('/affiliates/metrics/clicks', dates)).toEqual({ value: plain(own.clicks(window)) })
    expect(await get('/affiliates/metrics/earnings', { ...dates, product: 'chatbot' })).toEqual({
      value: money(own.commission(window, { program: 'affiliate', product: 'chatbot' })),
    })
    expect(await get('/solutions/licenses/count', dates)).toEqual(
      data.statuses(
        books
          .rows('licenses', { partner_id: partner, program: 'solution' })
          .filter((row) => inWindow(row.at('created_at'), window)),
        now,
      ),
    )
  })

  test('all time where no dates are given', async () => {
    expect(await get('/metrics/commission')).toEqual({ value: money(own.commission(data.ALWAYS)) })
    expect(await get('/affiliates/metrics/clicks')).toEqual({ value: plain(own.clicks(data.ALWAYS)) })
    expect(await get('/affiliates/metrics/trials', { date_from: '2026-03-29' })).toEqual({
      value: plain(own.trials(data.asked('2026-03-29'))),
    })
    expect(await get('/affiliates/metrics/trials', { date_to: '2026-03-28' })).toEqual({
      value: plain(own.trials(data.asked(undefined, '2026-03-28'))),
    })
  })

  test.each(BUCKETS)('buckets from %s to %s by %s', async (date_from, date_to, aggregation) => {
    const dates = { date_from, date_to, aggregation }
    const items = (say: (minor: bigint) => number, value: (window: data.Window) => bigint) => ({
      items: data
        .bucketsOf(date_from, date_to, aggregation)
        .map(({ date_range, window }) => ({ date_range, total: say(value(window)) })),
    })
    const filters = JSON.stringify([
      { field: 'program', operator: 'equals', value: 'affiliate' },
      { field: 'product', operator: 'equals', value: 'livechat' },
    ])
    expect(await get('/reports/commission', dates)).toEqual(items(money, (w) => own.commission(w)))
    expect(await get('/reports/commission', { ...dates, filters })).toEqual(
      items(money, (w) => own.commission(w, { program: 'affiliate', product: 'livechat' })),
    )
    expect(await get('/partners-referred/reports/commission', { ...dates, product: 'chatbot' })).toEqual(
      items(money, (w) => own.referred(w, { product: 'chatbot' })),
    )
    expect(await get('/affiliates/reports/earnings', { ...dates, product: 'helpdesk' })).toEqual(
      items(money, (w) => own.commission(w, { program: 'affiliate', product: 'helpdesk' })),
    )
    expect(await get('/affiliates/reports/trials', dates)).toEqual(items(plain, (w) => own.trials(w)))
    expect(await get('/affiliates/reports/conversions', { ...dates, product: 'livechat' })).toEqual(
      items(plain, (w) => own.conversions(w, 'livechat')),
    )
    expect(await get('/affiliates/reports/clicks', { ...dates, product: 'livechat' })).toEqual(
      items(plain, (w) => own.clicks(w, 'livechat')),
    )
    for (const license_status of [undefined, 'trial', 'paid', 'expired'])
      expect(await get('/solutions/reports/license', { ...dates, license_status })).toEqual(
        items(plain, (w) => own.solution(w, now, license_status)),
      )
  })

  test('balance, earnings, stats and summaries', async () => {
    const held = balance(books, partner, now)
    expect(await get('/balance')).toEqual({
      pending: money(held.pending),
      withdrawn: money(held.withdrawn),
      available: money(held.available),
      total: decimal(held.total, world.decimals),
    })
    const licenses = (program: string, product?: string) =>
      books.rows('licenses', { partner_id: partner, program, ...(product && { product }) })
    expect(await get('/affiliates/summary')).toEqual(data.statuses(licenses('affiliate'), now))
    const { trials, paid, expired } = data.statuses(licenses('solution'), now)
    const byNow = { from: data.ALWAYS.from, to: now }
    const saved = discount(books, partner, data.ALWAYS, 'solution')
    expect(await ask(key, '/v2/partners/solutions/summary', {}, 'POST')).toEqual({
      trials: `${trials}`,
      paid: `${paid}`,
      expired: `${expired}`,
      commission: decimal(own.commission(data.ALWAYS, { program: 'solution' }), world.decimals),
      discount: decimal(saved, world.decimals),
    })
    const recent = { from: startOfDay('UTC', addDays(localDate('UTC', now), -29)), to: now }
    const two = (where: data.Where) => ({
      commission_total: money(own.commission(byNow, where)),
      commission_last_30_days: money(own.commission(recent, where)),
    })
    const affiliate = { ...two({ program: 'affiliate' }) }
    expect(await get('/earnings')).toMatchObject({
      balance: money(held.available),
      blocked: money(held.blocked),
      withdrawals: money(held.withdrawn),
      pending: money(held.pending),
      ...two({}),
      affiliate,
      solution: two({ program: 'solution' }),
    })
    const referred = books
      .rows('partners', { referred_by: partner })
      .filter((row) => inWindow(row.at('created_at'), byNow))
    expect(await get('/stats')).toMatchObject({
      affiliate: { partner_program: { partners_referred: referred.length } },
    })
  })
})
