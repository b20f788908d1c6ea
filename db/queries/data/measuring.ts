import { sql } from 'kysely'
import type { Span } from '../definitions.ts'
import { MEASURES, type Measure, type MeasureFilter, type MeasureName } from './measures.ts'
import { EVER, type PartnerScope } from './scope.ts'

/** The measure over a span: a count, or minor units of the account's currency. */
export async function measureTotal(
  name: MeasureName,
  scope: PartnerScope,
  span: Span,
  filter: MeasureFilter = {},
): Promise<bigint> {
  const measure: Measure = MEASURES[name]
  if (measure.total) return measure.total(scope, span, filter)
  const flow = await measure.flow(scope, span, filter)
  const { rows } = await sql<{ total: string }>`select coalesce(sum(value), 0) as total from (${flow}) f`.execute(
    scope.db,
  )
  return BigInt(rows[0]?.total ?? 0)
}

/** The measure in each of these neighbouring stretches, empty ones too. */
export async function measureBuckets(
  name: MeasureName,
  scope: PartnerScope,
  buckets: readonly Span[],
  filter: MeasureFilter = {},
): Promise<bigint[]> {
  const [first, last] = [buckets[0], buckets.at(-1)]
  if (!first || !last) return []
  const flow = await MEASURES[name].flow(scope, { from: first.from, to: last.to }, filter)
  const bounds = buckets.map(({ from }) => from.toISOString())
  const { rows } = await sql<{ bucket: number; total: string }>`
    select width_bucket(at, ${bounds}::timestamptz[]) as bucket, sum(value) as total
    from (${flow}) f group by 1`.execute(scope.db)
  const totals = new Map(rows.map(({ bucket, total }) => [bucket, BigInt(total)]))
  return buckets.map((_, index) => totals.get(index + 1) ?? 0n)
}

/** The first and the last instant that the measure has anything of; undefined where it has nothing. */
export async function measureExtent(
  name: MeasureName,
  scope: PartnerScope,
  filter: MeasureFilter = {},
): Promise<{ first: Date; last: Date } | undefined> {
  const flow = await MEASURES[name].flow(scope, EVER, filter)
  const { rows } = await sql<{ first: Date | null; last: Date | null }>`
    select min(at) as first, max(at) as last from (${flow}) f`.execute(scope.db)
  const { first, last } = rows[0] ?? {}
  return first && last ? { first, last } : undefined
}
