import { z } from 'zod'
import type { Account } from '../../../db/access/accounts.ts'
import { findFunnel, funnelExtent } from '../../../db/queries/funnels.ts'
import { type Pipeline, pipelineAnalytics, type Window } from '../../../db/queries/pipeline.ts'
import { localDate, type Period, placeOf } from '../../../jobs/calendar/period.ts'
import { agentOf, seriesRow, stageOf, totalsOf } from '../../../jobs/reports/pipeline-analytics-figures.ts'
import { notFound } from '../shared/problem.ts'
import { choice, date, idNumber, inOrder, integer } from '../shared/schemas.ts'
import { boundedBuckets, daysOf } from './calendar.ts'
import { accountEndpoint, type Endpoint, type WholeAccount } from './endpoint.ts'
import { count, money, number, string } from './shapes.ts'

const query = z.object({
  since: date().optional(),
  until: date().optional(),
  agent_id: integer(0, 999_999_999_999_999).optional(),
  group_by: choice(['day', 'week', 'month', 'agent', 'stage']).optional(),
  basis: choice(['activity', 'cohort']).optional(),
})

const series = z.object({
  key: z.union([z.string(), z.int()]).nullable(),
  created: count(),
  won: count(),
  lost: count(),
  value_created: money(),
  value_won: money(),
})

export const voxys: readonly Endpoint[] = [
  accountEndpoint({
    id: 'voxys-pipeline-analytics',
    path: '/api/v1/accounts/{account_id}/funnels/{id}/analytics',
    summary: 'Deal totals of one pipeline, split by agent and by stage.',
    params: z.object({ account_id: idNumber(), id: idNumber() }),
    query: inOrder(query, 'since', 'until'),
    answer: z.object({
      period: z.object({ since: string().nullable(), until: string().nullable() }),
      total_created: count(),
      total_won: count(),
      total_lost: count(),
      total_value_created: money(),
      total_value_won: money(),
      average_deal_size: money().nullable(),
      conversion_rate: number().nullable(),
      by_agent: z.array(
        z.object({
          agent: z.object({
            id: count().nullable(),
            name: string().nullable(),
            email: string().nullable(),
            avatar_url: string().nullable(),
          }),
          created: count(),
          won: count(),
          value_won: money(),
        }),
      ),
      by_stage: z.array(z.object({ stage_id: count(), stage_name: string(), count: count(), value: money() })),
      series: z.array(series).optional(),
    }),
    handle: async ({ scope, query, params }) => {
      const { db, account } = scope
      const funnelId = Number(params.id)
      if (Number(params.account_id) !== account.accountId) throw notFound('account')
      if (!(await findFunnel(db, account, funnelId))) throw notFound('funnel')
      const buckets = await bucketsOf(scope, query, funnelId)
      const pipeline = await pipelineAnalytics(db, account, windowOf(query, account), {
        funnelId,
        buckets,
        ...(query.agent_id !== undefined && { agentId: query.agent_id }),
        ...(query.basis && { basis: query.basis }),
      })
      return answerOf(query, pipeline, buckets, account.currency)
    },
  }),
]

type Query = z.output<typeof query>

/** An end left out is open: without both, all time. */
function windowOf({ since, until }: Query, account: Account): Window {
  const place = placeOf(account)
  return {
    from: since === undefined ? undefined : daysOf(since, since, place).from,
    to: until === undefined ? undefined : daysOf(until, until, place).to,
  }
}

/** The buckets of a series over time; an open end is where the funnel's deals end. */
async function bucketsOf({ db, account }: WholeAccount, query: Query, funnelId: number): Promise<Period[]> {
  const { since, until, group_by } = query
  if (group_by === undefined || group_by === 'agent' || group_by === 'stage') return []
  const extent = await funnelExtent(db, account, funnelId)
  const first = since ?? (extent && localDate(extent.first, placeOf(account))) ?? until
  const last = until ?? (extent && localDate(extent.last, placeOf(account))) ?? since
  if (first === undefined || last === undefined || first > last) return []
  return boundedBuckets(daysOf(first, last, placeOf(account)), group_by, 'since')
}

function answerOf(query: Query, pipeline: Pipeline, buckets: readonly Period[], currency: string) {
  const totals = totalsOf(pipeline.totals, currency)
  const rows = seriesOf(query.group_by, pipeline, buckets, currency)
  return {
    period: { since: query.since ?? null, until: query.until ?? null },
    ...totals,
    total_value_created: Number(totals.total_value_created),
    total_value_won: Number(totals.total_value_won),
    average_deal_size: totals.average_deal_size === null ? null : Number(totals.average_deal_size),
    by_agent: pipeline.agents.map((row) => {
      const shown = agentOf(row, currency)
      return { ...shown, value_won: Number(shown.value_won) }
    }),
    by_stage: pipeline.stages.map((row) => {
      const shown = stageOf(row, currency)
      return { ...shown, value: Number(shown.value) }
    }),
    ...(rows && { series: rows }),
  }
}

function seriesOf(by: Query['group_by'], pipeline: Pipeline, buckets: readonly Period[], currency: string) {
  if (by === undefined) return undefined
  return rowsOf(by, pipeline, buckets, currency).map((row) => ({
    ...row,
    value_created: Number(row.value_created),
    value_won: Number(row.value_won),
  }))
}

function rowsOf(
  by: Query['group_by'],
  { agents, stages, buckets: counts }: Pipeline,
  buckets: readonly Period[],
  currency: string,
) {
  if (by === 'agent') return agents.map((row) => seriesRow(row.agent?.id ?? null, row, currency))
  if (by === 'stage') return stages.map((row) => seriesRow(row.stageId, row, currency))
  return counts.map((row, index) => seriesRow(buckets[index]?.key ?? '', row, currency))
}
