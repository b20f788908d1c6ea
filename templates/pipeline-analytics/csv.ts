import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { PipelineAnalytics, SeriesRow } from './view.ts'

interface Line extends Omit<SeriesRow<unknown>, 'key'> {
  readonly series: 'week' | 'agent' | 'stage'
  readonly key: string | number | null
  readonly name: string | null
}

/** The three series below one another: by week, by agent, by stage. Each adds up to the statement's totals. */
export const pipelineAnalyticsCsv = ({ figures, currency }: PipelineAnalytics): readonly CsvFile[] => [
  { suffix: '', ...writeCsv(columns(currency), linesOf(figures)) },
]

function linesOf({ series, by_agent, by_stage }: PipelineAnalytics['figures']): Line[] {
  const agents = new Map(by_agent.map(({ agent }) => [agent.id, agent.name]))
  const stages = new Map(by_stage.map(({ stage_id, stage_name }) => [stage_id, stage_name]))
  return [
    ...series.week.map((row): Line => ({ ...row, series: 'week', name: null })),
    ...series.agent.map((row): Line => ({ ...row, series: 'agent', name: agents.get(row.key) ?? null })),
    ...series.stage.map((row): Line => ({ ...row, series: 'stage', name: stages.get(row.key) ?? null })),
  ]
}

const columns = (currency: string): readonly Column<Line>[] => [
  { name: 'series', kind: 'text' },
  { name: 'key', kind: 'text' },
  { name: 'name', kind: 'text' },
  { name: 'created', kind: 'number' },
  { name: 'won', kind: 'number' },
  { name: 'lost', kind: 'number' },
  { name: 'value_created', kind: 'number' },
  { name: 'value_won', kind: 'number' },
  { name: 'currency', kind: 'text', value: () => currency },
]
