import { beforeAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../worker/http/serve.ts'
import { decimal, open } from './books.ts'
import { addDays, between, localDate } from './calendar.ts'
import * as data from './reckon/data.ts'
import { leaderboard } from './reckon/leaderboard.ts'
import { leadsTimeline } from './reckon/leads-timeline.ts'
import { buckets, flow, pipeline } from './reckon/pipeline.ts'
import { now, type Query, SERVED, served } from './served.ts'
import { factsOf } from './worlds.ts'

const { database, ask } = served()

describe.each(SERVED)('account $account', (world) => {
  const books = open(factsOf(world), world.decimals)
  const money = (minor: bigint | null) => (minor === null ? null : Number(decimal(minor, world.decimals)))
  let key: string
  beforeAll(async () => {
    key = await tokenFor(database(), 'account', world.account)
  })
  const today = localDate(world.zone, now)

  test.each([...windows(), ['2026-03-01', '2026-03-29']])('leaderboard and timeline, %s %s', async (first, second) => {
    const named = !/^\d/.test(first)
    const [start, last] = named
      ? (NAMED[first] as (today: string) => [string, string])(today)
      : [first, second as string]
    const query = named ? { period: first } : { start_date: first, end_date: second }
    const span = between('', start, addDays(last, 1), world.zone)
    const board = (await ask(key, '/v1/analytics/partners', { ...query, limit: '100' })) as {
      partners: { uuid: string; logo_uuid: null }[]
      period: object
      currency_code: string
    }
    expect({ ...board, partners: board.partners.map(({ uuid: _, logo_uuid: __, ...row }) => row) }).toEqual({
      currency_code: world.currency,
      period: { start_date: start, end_date: last },
      partners: leaderboard(books, span).map(({ partner_id: _, ...row }) => ({
        ...row,
        revenue: money(row.revenue),
        open_pipeline: money(row.open_pipeline),
        avg_deal_value: money(row.avg_deal_value),
      })),
    })
    const uuids = new Map(
      (
        await database().pool.query('select partner_id, uuid from partners where account_id = $1', [world.account])
      ).rows.map((row) => [row.partner_id, row.uuid]),
    )
    expect(
      await ask(key, '/v1/analytics/partners/leads-timeline', { ...query, partner_uuid: uuids.get('p2') }),
    ).toEqual({
      partner_uuid: uuids.get('p2'),
      period: { start_date: start, end_date: last },
      months: leadsTimeline(books, span, 'p2'),
    })
  })

  test('filters of the leaderboard', async () => {
    const span = between('', '2026-01-01', '2026-07-01', world.zone)
    const board = leaderboard(books, span).map((row) => row.partner_id)
    const found = await database().pool.query('select partner_id, uuid from partners where account_id = $1', [
      world.account,
    ])
    const idOf = new Map<string, string>(found.rows.map((row) => [row.uuid, row.partner_id]))
    const uuidOf = new Map<string, string>(found.rows.map((row) => [row.partner_id, row.uuid]))
    const names = async (query: Query) => {
      const { partners: rows } = (await ask(key, '/v1/analytics/partners', {
        start_date: '2026-01-01',
        end_date: '2026-06-30',
        ...query,
      })) as { partners: { uuid: string }[] }
      return rows.map((row) => idOf.get(row.uuid))
    }
    const who = (where: Record<string, string>) =>
      board.filter((id) => books.rows('partners', { partner_id: id, ...where }).length)
    expect(await names({ partner_type: 'reseller' })).toEqual(who({ type: 'reseller' }))
    expect(await names({ category_uuids: 'agency' })).toEqual(who({ category: 'agency' }))
    expect(await names({ tier_uuids: 'gold,silver', stage_uuids: 'active' })).toEqual(who({ stage: 'active' }))
    expect(await names({ tier_uuids: 'none' })).toEqual([])
    expect(await names({ partner_uuids: `${uuidOf.get('p3')},${uuidOf.get('p1')}` })).toEqual(
      board.filter((id) => ['p1', 'p3'].includes(id)),
    )
    expect(await names({ limit: '3' })).toEqual(board.slice(0, 3))
  })

  test('voxys', async () => {
    for (const basis of [undefined, 'cohort'])
      for (const agent_id of [undefined, '1'])
        for (const group_by of [undefined, 'day', 'week', 'month', 'agent', 'stage']) {
          const span = between('', '2026-03-10', '2026-04-01', world.zone)
          const answer = (await ask(key, `/api/v1/accounts/${world.account}/funnels/1/analytics`, {
            since: '2026-03-10',
            until: '2026-03-31',
            basis,
            agent_id,
            group_by,
          })) as Record<string, unknown> & { by_agent: { agent: { id: number } }[]; series: { key: string }[] }
          const options = { cohort: basis === 'cohort', ...(agent_id && { agent: agent_id }) }
          const { agents, ...wanted } = pipeline(books, '1', span, money, options)
          expect(answer).toMatchObject(wanted)
          expect(
            answer.by_agent
              .map(({ agent, ...row }) => ({ id: agent.id, ...row }))
              .filter(({ id }) => id)
              .sort((a, b) => a.id - b.id),
          ).toEqual(agents)
          if (group_by === 'day' || group_by === 'week' || group_by === 'month')
            expect(answer.series).toEqual(
              buckets(span, group_by, world.zone).map(({ key: name, ...piece }) => {
                const deals = books.rows('deals', { funnel_id: '1', ...(agent_id && { agent_id }) })
                const flown = flow(books, deals, piece, basis === 'cohort')
                return {
                  key: name,
                  ...flown,
                  value_created: money(flown.value_created),
                  value_won: money(flown.value_won),
                }
              }),
            )
        }
  })

  test('partner usage', async () => {
    for (const partner_id of ['p1', 'p2', 'p5', 'idle']) {
      const dates = { startDate: '2026-03-01', endDate: '2026-03-29' }
      const span = between('', '2026-03-01', '2026-03-30', world.zone)
      const { totalQuantity, totalEvents, ...analytics } = data.usage(books, partner_id, span)
      expect(await ask(key, '/partner/analytics', { partner_id, ...dates })).toEqual({
        partnerId: partner_id,
        ...dates,
        ...analytics,
      })
      expect(await ask(key, '/partner/usage', { partner_id, ...dates })).toEqual({ totalQuantity, totalEvents })
      const usual = between('', addDays(today, -30), addDays(today, 1), world.zone)
      const { totalQuantity: _, totalEvents: __, ...rest } = data.usage(books, partner_id, usual)
      expect(await ask(key, '/partner/analytics', { partner_id })).toEqual({
        partnerId: partner_id,
        startDate: addDays(today, -30),
        endDate: today,
        ...rest,
      })
    }
  })
})

const monthOf = (date: string) => `${date.slice(0, 7)}-01`
const shift = (date: string, months: number) =>
  new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1 + months, 1)).toISOString().slice(0, 10)
const quarterOf = (date: string) => shift(date, -((Number(date.slice(5, 7)) - 1) % 3))

/** First and last dates of the named windows of Journeybee (docs/data-api.md, Choices). */
const NAMED: Record<string, (today: string) => [string, string]> = {
  current_year: (day) => [`${day.slice(0, 4)}-01-01`, `${day.slice(0, 4)}-12-31`],
  last_year: (day) => [`${Number(day.slice(0, 4)) - 1}-01-01`, `${Number(day.slice(0, 4)) - 1}-12-31`],
  current_quarter: (day) => [quarterOf(day), addDays(shift(quarterOf(day), 3), -1)],
  last_quarter: (day) => [shift(quarterOf(day), -3), addDays(quarterOf(day), -1)],
  current_month: (day) => [monthOf(day), addDays(shift(day, 1), -1)],
  last_month: (day) => [shift(day, -1), addDays(monthOf(day), -1)],
  last_30_days: (day) => [addDays(day, -29), day],
  last_90_days: (day) => [addDays(day, -89), day],
  last_6_months: (day) => [shift(day, -5), addDays(shift(day, 1), -1)],
  last_12_months: (day) => [shift(day, -11), addDays(shift(day, 1), -1)],
}
function windows(): [string, string][] {
  return Object.keys(NAMED).map((name) => [name, ''])
}
