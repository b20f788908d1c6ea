import type { Sealed } from '../statement.ts'

/** The sealed pipeline-analytics of one funnel (docs/definitions.md, Statements): the keys of the Voxys endpoint, with three series. */
export type PipelineAnalytics = Sealed<PipelineAnalyticsFigures>

export interface PipelineAnalyticsFigures extends PipelineTotals {
  /** First and last day, both included. */
  readonly period: { readonly since: string; readonly until: string }
  /** Agents with activity; `agent.id` is null for deals without one. Adds up to the totals. */
  readonly by_agent: readonly PipelineAgent[]
  /** Every stage in the funnel's order: the deals created in the period by the stage they are in now. */
  readonly by_stage: readonly PipelineStage[]
  readonly series: {
    /** The ISO weeks that the period touches, empty ones kept, counts clipped to the period. */
    readonly week: readonly SeriesRow<string>[]
    readonly agent: readonly SeriesRow<number | null>[]
    readonly stage: readonly SeriesRow<number>[]
  }
  readonly previous: PipelineTotals & { readonly period: { readonly since: string; readonly until: string } }
  /** Change of the totals in percent of the previous ones, one decimal; null over nothing. */
  readonly change_percent: Readonly<Record<PipelineHeadline, number | null>>
}

export type PipelineHeadline = Exclude<keyof PipelineTotals, 'conversion_rate'>

/** Money is a decimal string in the statement's currency; rates are percent with one decimal, null over nothing. */
export interface PipelineTotals {
  readonly total_created: number
  readonly total_won: number
  readonly total_lost: number
  readonly total_value_created: string
  readonly total_value_won: string
  readonly average_deal_size: string | null
  readonly conversion_rate: number | null
}

export interface PipelineAgent {
  readonly agent: {
    readonly id: number | null
    readonly name: string | null
    readonly email: string | null
    readonly avatar_url: string | null
  }
  readonly created: number
  readonly won: number
  readonly value_won: string
}

export interface PipelineStage {
  readonly stage_id: number
  readonly stage_name: string
  readonly count: number
  readonly value: string
}

/** `key`: a period key, an agent's id (null: no agent) or a stage's id. */
export interface SeriesRow<Key> {
  readonly key: Key
  readonly created: number
  readonly won: number
  readonly lost: number
  readonly value_created: string
  readonly value_won: string
}
