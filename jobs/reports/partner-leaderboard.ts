import type { Account } from '../../db/access/accounts.ts'
import {
  type LeaderboardRow,
  type LeaderboardSums,
  leaderboard,
  leaderboardRates,
} from '../../db/queries/leaderboard.ts'
import { changePercent, decimal } from '../../db/values/money.ts'
import { partnerLeaderboard as template } from '../../templates/partner-leaderboard/index.ts'
import type {
  Leaderboard,
  LeaderboardFigures,
  PartnerLeaderboardFigures,
} from '../../templates/partner-leaderboard/view.ts'
import { type Period, previousPeriod } from '../calendar/period.ts'
import { daysOf } from '../period-days.ts'
import { defineReport, type Outcome, type ReportContext } from '../report.ts'
import { skipOf } from '../restating.ts'

/** Every partner of the account by what it brought in, the previous period beside it (docs/definitions.md, Figures). */
export const partnerLeaderboard = defineReport<PartnerLeaderboardFigures, never>({
  name: 'partner-leaderboard',
  title: 'Partner leaderboard',
  audience: 'account',
  schedule: { cron: '0 7 1 * *', period: 'month' },
  labels: ['figures.partners[].name', 'figures.previous.partners[].name'],
  statements,
  template,
})

async function* statements(context: ReportContext): AsyncGenerator<Outcome<PartnerLeaderboardFigures, never>> {
  const { db, account, period } = context
  const subject = { kind: 'account', name: account.name } as const
  const current = await leaderboard(db, account, period)
  const skip = skipOf(context, subject, { hasActivity: current.length > 0 })
  if (skip) {
    yield { subject, skip }
    return
  }
  const before = previousPeriod(period)
  const previous = await leaderboard(db, account, before)
  const figures = {
    currency_code: account.currency,
    ...boardOf(account, period, current),
    previous: boardOf(account, before, previous),
    change_percent: changeOf(sumOf(current), sumOf(previous)),
  }
  yield { subject, currency: account.currency, figures }
}

function boardOf(account: Account, period: Period, rows: readonly LeaderboardRow[]): Leaderboard {
  const { first, last } = daysOf(period)
  return {
    period: { start_date: first, end_date: last },
    totals: figuresOf(account, sumOf(rows)),
    partners: rows.map((row) => ({ uuid: row.uuid, name: row.name, logo_uuid: null, ...figuresOf(account, row) })),
  }
}

function changeOf(now: LeaderboardSums, before: LeaderboardSums): PartnerLeaderboardFigures['change_percent'] {
  const change = (figure: keyof LeaderboardSums) => changePercent(BigInt(now[figure]), BigInt(before[figure]))
  return {
    revenue: change('revenue'),
    open_pipeline: change('openPipeline'),
    won_deals: change('wonDeals'),
    total_deals: change('totalDeals'),
    avg_deal_value: changePercent(
      leaderboardRates(now).avgDealValue ?? 0n,
      leaderboardRates(before).avgDealValue ?? 0n,
    ),
    total_leads: change('totalLeads'),
    converted_leads: change('convertedLeads'),
  }
}

function figuresOf({ currency }: Account, sums: LeaderboardSums): LeaderboardFigures {
  const { avgDealValue, conversionRate, winRate } = leaderboardRates(sums)
  return {
    revenue: decimal(sums.revenue, currency),
    open_pipeline: decimal(sums.openPipeline, currency),
    won_deals: sums.wonDeals,
    total_deals: sums.totalDeals,
    avg_deal_value: avgDealValue === null ? null : decimal(avgDealValue, currency),
    total_leads: sums.totalLeads,
    converted_leads: sums.convertedLeads,
    conversion_rate: conversionRate,
    win_rate: winRate,
  }
}

const NOTHING: LeaderboardSums = {
  revenue: 0n,
  openPipeline: 0n,
  wonDeals: 0,
  lostDeals: 0,
  totalDeals: 0,
  totalLeads: 0,
  convertedLeads: 0,
}

const sumOf = (rows: readonly LeaderboardRow[]): LeaderboardSums =>
  rows.reduce(
    (sum, row) => ({
      revenue: sum.revenue + row.revenue,
      openPipeline: sum.openPipeline + row.openPipeline,
      wonDeals: sum.wonDeals + row.wonDeals,
      lostDeals: sum.lostDeals + row.lostDeals,
      totalDeals: sum.totalDeals + row.totalDeals,
      totalLeads: sum.totalLeads + row.totalLeads,
      convertedLeads: sum.convertedLeads + row.convertedLeads,
    }),
    NOTHING,
  )
