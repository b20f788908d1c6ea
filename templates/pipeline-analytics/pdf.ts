import { funnelChart } from '../chart/funnel.ts'
import { timelineChart } from '../chart/timeline.ts'
import { headline, type Notation, notationOf } from '../pdf/notation.ts'
import { type Flow, FULL_WIDTH } from '../pdf/page/flow.ts'
import { figure } from '../pdf/parts/figure.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { table } from '../pdf/parts/table.ts'
import { tickLabel } from '../pdf/parts/ticks.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import type { PipelineAnalytics, SeriesRow } from './view.ts'

const CHART = { width: FULL_WIDTH, height: 150 }

/** One funnel on paper: headlines beside the period before, its stages, its weeks, its agents. */
export function pipelineAnalyticsPdf(statement: PipelineAnalytics, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Pipeline analytics', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement, notation)
    await stages(flow, statement, notation)
    await weeks(flow, statement, notation)
    await agents(flow, statement, notation)
  })
}

function headlines(flow: Flow, { figures: now }: PipelineAnalytics, notation: Notation): void {
  const { previous: before, change_percent: change } = now
  const { money, count, percent } = notation
  tiles(flow, [
    headline(notation, 'Deals created', count(now.total_created), count(before.total_created), change.total_created),
    headline(notation, 'Deals won', count(now.total_won), count(before.total_won), change.total_won),
    headline(notation, 'Deals lost', count(now.total_lost), count(before.total_lost), change.total_lost, {
      less: true,
    }),
    {
      label: 'Conversion rate',
      value: percent(now.conversion_rate),
      note: `previous ${percent(before.conversion_rate)}`,
    },
  ])
  const deal = money(now.average_deal_size)
  tiles(
    flow,
    [
      headline(
        notation,
        'Value created',
        money(now.total_value_created),
        money(before.total_value_created),
        change.total_value_created,
      ),
      headline(
        notation,
        'Value won',
        money(now.total_value_won),
        money(before.total_value_won),
        change.total_value_won,
      ),
      headline(notation, 'Average deal size', deal, money(before.average_deal_size), change.average_deal_size),
    ],
    3,
  )
}

async function stages(flow: Flow, { figures }: PipelineAnalytics, { money, count }: Notation): Promise<void> {
  const { by_stage: all, series } = figures
  if (all.length === 0) return
  const chart = funnelChart(
    all.map((stage) => ({ label: stage.stage_name, value: stage.count, text: count(stage.count) })),
    { width: FULL_WIDTH },
    {
      description: `Funnel of the deals created in the period by their stage: ${all.map((stage) => `${stage.stage_name} ${count(stage.count)}`).join(', ')}`,
    },
  )
  heading(flow, 'Deals created, by present stage', chart.height)
  figure(flow, chart)
  flow.y += chart.height + 4
  const rowOf = new Map(series.stage.map((row) => [row.key, row]))
  await table(flow, {
    columns: [
      { title: 'Stage', text: (stage) => stage.stage_name },
      { title: 'Deals', text: (stage) => count(stage.count), number: true },
      { title: 'Value', text: (stage) => money(stage.value), number: true },
      { title: 'Won', text: (stage) => count(rowOf.get(stage.stage_id)?.won ?? 0), number: true },
      { title: 'Lost', text: (stage) => count(rowOf.get(stage.stage_id)?.lost ?? 0), number: true },
      { title: 'Value won', text: (stage) => money(rowOf.get(stage.stage_id)?.value_won ?? null), number: true },
    ],
    rows: all,
    total: [
      'All stages',
      count(figures.total_created),
      money(figures.total_value_created),
      count(figures.total_won),
      count(figures.total_lost),
      money(figures.total_value_won),
    ],
  })
}

async function weeks(
  flow: Flow,
  { figures: { series } }: PipelineAnalytics,
  { money, count, locale }: Notation,
): Promise<void> {
  if (series.week.length === 0) return
  const chart = timelineChart(
    series.week.map(({ key }) => key.replace(/^\d+-/, '')),
    [
      { name: 'Created', tone: 'series', values: series.week.map((week) => week.created) },
      { name: 'Won', tone: 'third', values: series.week.map((week) => week.won) },
      { name: 'Lost', tone: 'negative', values: series.week.map((week) => week.lost) },
    ],
    CHART,
    {
      tick: (value) => tickLabel(value, locale),
      description: `Line chart of deals by week: ${series.week.map((week) => `${week.key} ${count(week.created)} created, ${count(week.won)} won, ${count(week.lost)} lost`).join('; ')}`,
    },
  )
  heading(flow, 'By week', CHART.height)
  figure(flow, chart)
  flow.y += CHART.height + 4
  await table(flow, {
    columns: seriesColumns('Week', (row: SeriesRow<string>) => row.key, { money, count }),
    rows: series.week,
  })
}

async function agents(flow: Flow, { figures }: PipelineAnalytics, { money, count }: Notation): Promise<void> {
  heading(flow, 'By agent')
  const { agent: rows } = figures.series
  if (rows.length === 0) return paragraph(flow, 'No agent was active in the period.', { muted: true })
  const names = new Map(figures.by_agent.map(({ agent }) => [agent.id, agent.name]))
  const nameOf = ({ key }: SeriesRow<number | null>) =>
    names.get(key) ?? (key === null ? 'Without agent' : `Agent ${key}`)
  await table(flow, { columns: seriesColumns('Agent', nameOf, { money, count }), rows })
}

function seriesColumns<Row extends SeriesRow<unknown>>(
  title: string,
  name: (row: Row) => string,
  { money, count }: Pick<Notation, 'money' | 'count'>,
) {
  return [
    { title, text: name },
    { title: 'Created', text: (row: Row) => count(row.created), number: true },
    { title: 'Won', text: (row: Row) => count(row.won), number: true },
    { title: 'Lost', text: (row: Row) => count(row.lost), number: true },
    { title: 'Value created', text: (row: Row) => money(row.value_created), number: true },
    { title: 'Value won', text: (row: Row) => money(row.value_won), number: true },
  ]
}
