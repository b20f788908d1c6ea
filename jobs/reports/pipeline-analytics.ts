import { type Funnel, funnelExtent, listFunnels } from '../../db/queries/funnels.ts'
import { pipelineAnalytics as pipelineOf } from '../../db/queries/pipeline.ts'
import { pipelineAnalytics as template } from '../../templates/pipeline-analytics/index.ts'
import type { PipelineAnalyticsFigures } from '../../templates/pipeline-analytics/view.ts'
import { bucketsOf, previousPeriod } from '../calendar/period.ts'
import { daysOf } from '../period-days.ts'
import { defineReport, type Outcome, type ReportContext } from '../report.ts'
import { skipOf, withRestatedFunnels } from '../restating.ts'
import { agentOf, changeOf, seriesRow, stageOf, totalsOf } from './pipeline-analytics-figures.ts'

/** Each funnel's deals: totals beside the previous period's, by week, by agent and by stage (docs/definitions.md, Figures). */
export const pipelineAnalytics = defineReport<PipelineAnalyticsFigures, never>({
  name: 'pipeline-analytics',
  title: 'Pipeline analytics',
  audience: 'account',
  schedule: { cron: '0 7 * * 1', period: 'week' },
  labels: [
    'figures.by_agent[].agent.name',
    'figures.by_agent[].agent.email',
    'figures.by_agent[].agent.avatar_url',
    'figures.by_stage[].stage_name',
  ],
  statements,
  template,
})

async function* statements(context: ReportContext): AsyncGenerator<Outcome<PipelineAnalyticsFigures, never>> {
  const { db, account, period } = context
  for (const funnel of withRestatedFunnels(context, await listFunnels(db, account))) {
    const subject = { kind: 'funnel', funnel_id: funnel.funnelId, name: funnel.name } as const
    const extent = await funnelExtent(db, account, funnel.funnelId)
    const hasActivity = extent !== undefined && extent.first < period.to
    const skip = skipOf(context, subject, { hasActivity })
    if (skip) yield { subject, skip }
    else yield { subject, currency: account.currency, figures: await figuresOf(context, funnel) }
  }
}

async function figuresOf(
  { db, account, period }: ReportContext,
  { funnelId }: Funnel,
): Promise<PipelineAnalyticsFigures> {
  const { currency } = account
  const weeks = bucketsOf(period, 'week')
  const before = previousPeriod(period)
  const { totals, agents, stages, buckets } = await pipelineOf(db, account, period, { funnelId, buckets: weeks })
  const previous = await pipelineOf(db, account, before, { funnelId })
  return {
    period: datesOf(period),
    ...totalsOf(totals, currency),
    by_agent: agents.map((row) => agentOf(row, currency)),
    by_stage: stages.map((row) => stageOf(row, currency)),
    series: {
      week: buckets.map((counts, index) => seriesRow(weeks[index]?.key ?? '', counts, currency)),
      agent: agents.map((row) => seriesRow(row.agent?.id ?? null, row, currency)),
      stage: stages.map((row) => seriesRow(row.stageId, row, currency)),
    },
    previous: { period: datesOf(before), ...totalsOf(previous.totals, currency) },
    change_percent: changeOf(totals, previous.totals),
  }
}

function datesOf(period: ReportContext['period']) {
  const { first, last } = daysOf(period)
  return { since: first, until: last }
}
