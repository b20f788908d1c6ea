import type { DealCounts, Pipeline } from '../../db/queries/pipeline.ts'
import { changePercent, decimal, divideRounded, percent } from '../../db/values/money.ts'
import type {
  PipelineAgent,
  PipelineHeadline,
  PipelineStage,
  PipelineTotals,
  SeriesRow,
} from '../../templates/pipeline-analytics/view.ts'

/** The headline figures; the average is over won deals, the rate over created ones, null over nothing. */
export function totalsOf(counts: DealCounts, currency: string): PipelineTotals {
  const average = averageOf(counts)
  return {
    total_created: counts.created,
    total_won: counts.won,
    total_lost: counts.lost,
    total_value_created: decimal(counts.valueCreated, currency),
    total_value_won: decimal(counts.valueWon, currency),
    average_deal_size: average === null ? null : decimal(average, currency),
    conversion_rate: percent(BigInt(counts.won), BigInt(counts.created)),
  }
}

const averageOf = ({ won, valueWon }: DealCounts): bigint | null =>
  won === 0 ? null : divideRounded(valueWon, BigInt(won))

export function changeOf(now: DealCounts, before: DealCounts): Record<PipelineHeadline, number | null> {
  const change = (figure: keyof DealCounts) => changePercent(BigInt(now[figure]), BigInt(before[figure]))
  return {
    total_created: change('created'),
    total_won: change('won'),
    total_lost: change('lost'),
    total_value_created: change('valueCreated'),
    total_value_won: change('valueWon'),
    average_deal_size: changePercent(averageOf(now) ?? 0n, averageOf(before) ?? 0n),
  }
}

export function agentOf(
  { agent, created, won, valueWon }: Pipeline['agents'][number],
  currency: string,
): PipelineAgent {
  return {
    agent: {
      id: agent?.id ?? null,
      name: agent?.name ?? null,
      email: agent?.email ?? null,
      avatar_url: agent?.avatarUrl ?? null,
    },
    created,
    won,
    value_won: decimal(valueWon, currency),
  }
}

export const stageOf = (stage: Pipeline['stages'][number], currency: string): PipelineStage => ({
  stage_id: stage.stageId,
  stage_name: stage.name,
  count: stage.created,
  value: decimal(stage.valueCreated, currency),
})

export const seriesRow = <Key>(key: Key, counts: DealCounts, currency: string): SeriesRow<Key> => ({
  key,
  created: counts.created,
  won: counts.won,
  lost: counts.lost,
  value_created: decimal(counts.valueCreated, currency),
  value_won: decimal(counts.valueWon, currency),
})
