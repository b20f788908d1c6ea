import { z } from 'zod'
import { MEASURES, type MeasureFilter, type MeasureName } from '../../../db/queries/data/measures.ts'
import { measureBuckets, measureTotal } from '../../../db/queries/data/measuring.ts'
import { EVER } from '../../../db/queries/data/scope.ts'
import type { Span } from '../../../db/queries/definitions.ts'
import { anyRange, choice, inOrder, range } from '../shared/schemas.ts'
import { bucketLabel, bucketShape, isOverTwelveMonths, utcBuckets } from './buckets.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from './endpoint.ts'
import type { Filter } from './filters.ts'
import { count, money, moneyNumber } from './shapes.ts'

/** What an endpoint of a family is called; the rest is the family's. */
export interface Named {
  readonly id: string
  readonly path: string
  readonly aliases?: readonly string[]
  readonly summary: string
}

/** A measure over a range. `query`: its filters, by the names of MeasureFilter. */
interface OfMeasure extends Named {
  readonly measure: MeasureName
  readonly query?: z.ZodRawShape
}

/** `{value}`: one number over a range; without dates over all time. */
export function numberOverRange({ measure, query, ...entry }: OfMeasure): Endpoint {
  return partnerEndpoint({
    ...entry,
    query: inOrder(z.object({ ...anyRange(), ...query }), 'date_from', 'date_to'),
    answer: z.object({ value: shapeOf(measure) }),
    handle: async ({ scope, query }) => {
      const total = await measureTotal(measure, scope, spanOf(query), filterOf(query))
      return { value: jsonValue(scope, measure, total) }
    },
  })
}

/** `{items: [{date_range, total}]}`: whole calendar buckets that the range touches, empty ones too. */
export function bucketsOverRange({
  measure,
  query,
  atMostAYear = false,
  ...entry
}: OfMeasure & { atMostAYear?: boolean }) {
  const object = z.object({ ...range(), aggregation: choice(AGGREGATIONS), ...query })
  const ordered = inOrder(object, 'date_from', 'date_to')
  return partnerEndpoint({
    ...entry,
    query: atMostAYear ? ordered.refine((value) => !isOverTwelveMonths(spanOf(value)), OVER_A_YEAR) : ordered,
    answer: z.object({ items: z.array(bucketShape(shapeOf(measure))) }),
    handle: async ({ scope, query }) => ({
      items: await bucketItems(measure, scope, utcBuckets(spanOf(query), query.aggregation), filterOf(query)),
    }),
  })
}

const OVER_A_YEAR = { path: ['date_from'], error: 'expected a range of at most 12 months' }
export const AGGREGATIONS = ['day', 'week', 'month'] as const

/** The measure in each of the buckets, as the contract prints them. */
export async function bucketItems(
  measure: MeasureName,
  scope: OnePartner,
  buckets: readonly Span[],
  filter: MeasureFilter,
) {
  const totals = await measureBuckets(measure, scope, buckets, filter)
  return buckets.map((bucket, index) => ({
    date_range: bucketLabel(bucket),
    total: jsonValue(scope, measure, totals[index] ?? 0n),
  }))
}

/** What was asked of `date_from` and `date_to`; all time where nothing was. */
export function spanOf(query: object): Span {
  const { date_from, date_to } = query as { date_from?: Date; date_to?: Date }
  return { from: date_from ?? EVER.from, to: date_to ?? EVER.to }
}

/** Product, program, status and billing cycle out of a query: of parameters, `all` being no filter, and of `filters`. */
function filterOf(query: object): MeasureFilter {
  const { filters = [], ...parameters } = query as Record<string, unknown> & { filters?: Filter<string, string>[] }
  const asked = (name: string) => {
    const wanted = [parameters[name], ...filters.filter(({ field }) => field === name).map(({ value }) => value)]
    const values = new Set(wanted.filter((value) => value !== undefined && value !== 'all'))
    // No fact is both of two products: nothing has the empty one.
    return values.size > 1 ? '' : ([...values][0] as string | undefined)
  }
  return {
    product: asked('product'),
    program: asked('program'),
    status: asked('license_status'),
    billingCycle: asked('billing_cycle'),
  }
}

const isMoney = (name: MeasureName): boolean => MEASURES[name].money
export const shapeOf = (name: MeasureName) => (isMoney(name) ? money() : count())

/** A total as the JSON number of its kind. */
export function jsonValue({ account }: OnePartner, name: MeasureName, total: bigint): number {
  return isMoney(name) ? moneyNumber(total, account.currency) : Number(total)
}
