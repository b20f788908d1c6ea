import { z } from 'zod'
import { findPartnerUuid } from '../../../db/queries/data/accounts.ts'
import { type LeaderboardRow, leaderboard, leaderboardRates } from '../../../db/queries/leaderboard.ts'
import { leadsTimeline } from '../../../db/queries/leads-timeline.ts'
import type { Period } from '../../../jobs/calendar/period.ts'
import { placeOf } from '../../../jobs/calendar/period.ts'
import { daysOf as datesOf } from '../../../jobs/period-days.ts'
import { notFound } from '../shared/problem.ts'
import { choice, date, inOrder, integer, several, uuid } from '../shared/schemas.ts'
import { boundedBuckets, daysOf, WINDOWS, windowOf } from './calendar.ts'
import { accountEndpoint, type Endpoint, type WholeAccount } from './endpoint.ts'
import { count, money, moneyNumber, number, string } from './shapes.ts'

const filters = {
  period: choice(WINDOWS).default('current_year'),
  start_date: date().optional(),
  end_date: date().optional(),
  partner_type: choice(['referral', 'reseller', 'distributor']).optional(),
  lead_direction: choice(['received', 'sent', 'all']).default('all'),
  partner_uuids: several('UUIDs of partners', uuid()).optional(),
  category_uuids: several('UUIDs or names of categories').optional(),
  tier_uuids: several('UUIDs or names of tiers').optional(),
  stage_uuids: several('UUIDs or names of stages').optional(),
  limit: integer(1, 100).default(20),
}

const shownPeriod = z.object({ start_date: string(), end_date: string() })

export const journeybee: readonly Endpoint[] = [
  accountEndpoint({
    id: 'journeybee-leads-timeline',
    path: '/v1/analytics/partners/leads-timeline',
    summary: 'Month-by-month lead counts of one partnership.',
    query: paired(z.object({ ...filters, partner_uuid: uuid() })),
    answer: z.object({
      partner_uuid: string(),
      period: shownPeriod,
      months: z.array(
        z.object({
          label: string(),
          total: count(),
          received: count(),
          sent: count(),
          converted: count(),
          rejected: count(),
          pending: count(),
        }),
      ),
    }),
    handle: async ({ scope, query }) => {
      const { db, account } = scope
      const partner = await findPartnerUuid(db, account.accountId, query.partner_uuid)
      if (!partner) throw notFound('partner')
      const period = periodOf(query, scope)
      const months = boundedBuckets(period, 'month', 'start_date')
      const chosen = { ...filterOf(query), partners: [partner] }
      const counts = await leadsTimeline(db, account, period, { ...chosen, months })
      return {
        partner_uuid: partner,
        period: shown(period),
        months: counts.map((row, index) => ({ label: months[index]?.key ?? '', ...row })),
      }
    },
  }),
  accountEndpoint({
    id: 'journeybee-partner-leaderboard',
    path: '/v1/analytics/partners',
    summary: 'Revenue, pipeline, deal and lead totals per partner.',
    query: paired(z.object(filters)),
    answer: z.object({
      currency_code: string(),
      period: shownPeriod,
      partners: z.array(
        z.object({
          uuid: string(),
          name: string(),
          logo_uuid: string().nullable(),
          revenue: money(),
          open_pipeline: money(),
          won_deals: count(),
          total_deals: count(),
          avg_deal_value: money().nullable(),
          total_leads: count(),
          converted_leads: count(),
          conversion_rate: number().nullable(),
          win_rate: number().nullable(),
        }),
      ),
    }),
    handle: async ({ scope, query }) => {
      const { db, account } = scope
      const period = periodOf(query, scope)
      const rows = await leaderboard(db, account, period, { ...filterOf(query), limit: query.limit })
      const { currency } = account
      return { currency_code: currency, period: shown(period), partners: rows.map((row) => rowOf(row, currency)) }
    },
  }),
]

/** One date without the other is refused, like a start after the end. */
function paired<T extends z.ZodObject>(object: T): T {
  const dates = (value: Record<string, unknown>) => [value.start_date, value.end_date]
  const error = 'is required: expected start_date and end_date together'
  return inOrder(object, 'start_date', 'end_date')
    .refine((value) => dates(value)[0] !== undefined || dates(value)[1] === undefined, { path: ['start_date'], error })
    .refine((value) => dates(value)[1] !== undefined || dates(value)[0] === undefined, { path: ['end_date'], error })
}

type Query = z.output<z.ZodObject<typeof filters>>

function periodOf({ period, start_date, end_date }: Query, { account, now }: WholeAccount): Period {
  if (start_date !== undefined && end_date !== undefined) return daysOf(start_date, end_date, placeOf(account))
  return windowOf(period, now, placeOf(account))
}

function shown(period: Period) {
  const { first, last } = datesOf(period)
  return { start_date: first, end_date: last }
}

function filterOf(query: Query) {
  const { partner_type, lead_direction, partner_uuids, category_uuids, tier_uuids, stage_uuids } = query
  return {
    ...(partner_type && { type: partner_type }),
    ...(lead_direction !== 'all' && { leadDirection: lead_direction }),
    ...(partner_uuids && { partners: partner_uuids }),
    ...(category_uuids && { categories: category_uuids }),
    ...(tier_uuids && { tiers: tier_uuids }),
    ...(stage_uuids && { stages: stage_uuids }),
  }
}

function rowOf(row: LeaderboardRow, currency: string) {
  const { avgDealValue, conversionRate, winRate } = leaderboardRates(row)
  return {
    uuid: row.uuid,
    name: row.name,
    logo_uuid: null,
    revenue: moneyNumber(row.revenue, currency),
    open_pipeline: moneyNumber(row.openPipeline, currency),
    won_deals: row.wonDeals,
    total_deals: row.totalDeals,
    avg_deal_value: avgDealValue === null ? null : moneyNumber(avgDealValue, currency),
    total_leads: row.totalLeads,
    converted_leads: row.convertedLeads,
    conversion_rate: conversionRate,
    win_rate: winRate,
  }
}
