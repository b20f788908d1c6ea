import { z } from 'zod'
import type { Span } from '../../../db/queries/definitions.ts'
import { invalid } from '../shared/problem.ts'
import { timestampOf } from './shapes.ts'

type Aggregation = 'day' | 'week' | 'month'

/** More than a caller can mean, and enough for 27 years of days. */
const MAX_BUCKETS = 10_000

/** The whole calendar buckets (UTC; weeks from Monday) that the span touches, in order. 400 where they are too many. */
export function utcBuckets({ from, to }: Span, aggregation: Aggregation): Span[] {
  const buckets: Span[] = []
  for (let start = startOf(from, aggregation); start < to; ) {
    if (buckets.length === MAX_BUCKETS) {
      throw invalid('query', 'date_from', `expected a range of at most ${MAX_BUCKETS} ${aggregation}s`)
    }
    const end = startOfNext(start, aggregation)
    buckets.push({ from: start, to: end })
    start = end
  }
  return buckets
}

export const bucketShape = (total: z.ZodType) =>
  z.object({ date_range: z.object({ from: z.string(), to: z.string() }), total })

/** Labels run from 00:00:00 to 23:59:59. */
export const bucketLabel = ({ from, to }: Span) => ({
  from: timestampOf(from),
  to: timestampOf(new Date(to.getTime() - 1000)),
})

function startOf(instant: Date, aggregation: Aggregation): Date {
  const [year, month, day] = [instant.getUTCFullYear(), instant.getUTCMonth(), instant.getUTCDate()]
  if (aggregation === 'month') return new Date(Date.UTC(year, month, 1))
  const sinceMonday = (instant.getUTCDay() + 6) % 7
  return new Date(Date.UTC(year, month, aggregation === 'week' ? day - sinceMonday : day))
}

function startOfNext(start: Date, aggregation: Aggregation): Date {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()]
  if (aggregation === 'month') return new Date(Date.UTC(year, month + 1, 1))
  return new Date(Date.UTC(year, month, day + (aggregation === 'week' ? 7 : 1)))
}

/** Whether the span is longer than twelve calendar months. */
export function isOverTwelveMonths({ from, to }: Span): boolean {
  const limit = new Date(from)
  limit.setUTCFullYear(limit.getUTCFullYear() + 1)
  return to > limit
}
