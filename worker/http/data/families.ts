import { z } from 'zod'
import type { CampaignActivity } from '../../../db/queries/campaigns.ts'
import { rowBatches } from '../../../db/queries/data/batches.ts'
import { activityOfPartner } from '../../../db/queries/data/campaigns.ts'
import {
  findLicensePage,
  type LicenseRow,
  type LicenseStatus,
  type Program,
} from '../../../db/queries/data/licenses.ts'
import {
  MEASURES,
  type Measure,
  type MeasureFilter,
  type MeasureName,
  measureBuckets,
  measureTotal,
} from '../../../db/queries/data/measures.ts'
import { EVER } from '../../../db/queries/data/scope.ts'
import type { Span, Sql } from '../../../db/queries/definitions.ts'
import { bucketLabel, bucketShape, isOverTwelveMonths, utcBuckets } from './buckets.ts'
import { cursor, cursorOf } from './cursor.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from './endpoint.ts'
import type { Filter } from './filters.ts'
import { anyRange, choice, inOrder, integer, range } from './schemas.ts'
import { count, money, moneyNumber, string } from './shapes.ts'
import { answerList } from './stream.ts'

/** What an endpoint of a family is called; the rest is the family's. */
interface Named {
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

interface Ranking extends Named {
  readonly measure: MeasureName
  /** `rows`: the campaigns themselves; `sum`: their figures added up. */
  readonly show: 'rows' | 'sum'
}

/** The best campaigns: highest first, then by name, those with more than zero (SPEC 8). */
export function bestCampaigns({ measure, show, ...entry }: Ranking): Endpoint {
  const query = inOrder(z.object({ limit: integer(1, 100).default(10), ...anyRange() }), 'date_from', 'date_to')
  const item = z.object({ id: count(), name: string(), value: shapeOf(measure), product: string() })
  if (show === 'sum') {
    return partnerEndpoint({
      ...entry,
      query,
      answer: z.object({ value: shapeOf(measure) }),
      handle: async ({ scope, query }) => {
        const best = await rank(measure, scope, spanOf(query), query.limit)
        return {
          value: jsonValue(
            scope,
            measure,
            best.reduce((sum, { figure }) => sum + figure, 0n),
          ),
        }
      },
    })
  }
  return partnerEndpoint({
    ...entry,
    query,
    answer: z.object({ items: z.array(item) }),
    handle: async ({ scope, query }) => {
      const best = await rank(measure, scope, spanOf(query), query.limit)
      return {
        items: best.map(({ campaignId, name, product, figure }) => ({
          id: campaignId,
          name,
          value: jsonValue(scope, measure, figure),
          product,
        })),
      }
    },
  })
}

async function rank(measure: MeasureName, scope: OnePartner, span: Span, limit: number) {
  const { ofCampaign }: Measure = MEASURES[measure]
  if (!ofCampaign) throw new RangeError(`${measure} is no figure of a campaign`)
  const campaigns = (await activityOfPartner(scope, span)).map((one) => ({ ...one, figure: ofCampaign(one) }))
  return campaigns
    .filter(({ figure }) => figure > 0n)
    .sort(byFigure)
    .slice(0, limit)
}

function byFigure(one: CampaignActivity & { figure: bigint }, other: CampaignActivity & { figure: bigint }): number {
  if (one.figure !== other.figure) return one.figure > other.figure ? -1 : 1
  if (one.name !== other.name) return one.name < other.name ? -1 : 1
  return one.campaignId - other.campaignId
}

interface ListOf<Query extends z.ZodObject, Row, Item extends z.ZodType> extends Named {
  readonly query?: Query
  readonly item: Item
  /** The query of all rows, in order. */
  readonly rows: (scope: OnePartner, query: z.output<Query>) => Sql | Promise<Sql>
  readonly shape: (row: Row, scope: OnePartner) => z.output<Item>
}

/** `{result: […]}`: all rows in one answer, however many. */
export function listOf<Query extends z.ZodObject, Row, Item extends z.ZodType>({
  rows,
  shape,
  item,
  query,
  ...entry
}: ListOf<Query, Row, Item>): Endpoint {
  return partnerEndpoint<z.ZodObject, undefined, undefined, z.ZodType>({
    ...entry,
    query: query ?? z.object({}),
    answer: z.object({ result: z.array(item) }),
    handle: async ({ scope, query, reply }) => {
      const statement = await rows(scope, query as z.output<Query>)
      return answerList(reply, rowBatches<Row>(scope.db, statement), (row) => shape(row, scope))
    },
  })
}

interface LicensesByStatus<Item extends z.ZodType> extends Named {
  readonly program: Program
  readonly item: Item
  readonly shape: (row: LicenseRow, scope: OnePartner) => z.output<Item>
}

/** `{results, next_cursor}`: licences in one status, created in a range, newest first, by cursor. */
export function licensesByStatus<Item extends z.ZodType>({ program, item, shape, ...entry }: LicensesByStatus<Item>) {
  const query = z.object({ ...range(), limit: integer(1, 15).default(15), next_cursor: cursor().optional() })
  return partnerEndpoint<typeof query, typeof STATUS, undefined, z.ZodType>({
    ...entry,
    query: inOrder(query, 'date_from', 'date_to'),
    params: STATUS,
    answer: z.object({ results: z.array(item), next_cursor: string() }),
    handle: async ({ scope, query, params }) => {
      const filter = { program, created: spanOf(query), status: params.status as LicenseStatus }
      const page = await findLicensePage(scope, filter, { limit: query.limit, after: query.next_cursor })
      return { results: page.rows.map((row) => shape(row, scope)), next_cursor: cursorOf(page.next) }
    },
  })
}

const STATUS = z.object({ status: choice(['trial', 'paid', 'expired']) })

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
const shapeOf = (name: MeasureName) => (isMoney(name) ? money() : count())

/** A total as the JSON number of its kind. */
export function jsonValue({ account }: OnePartner, name: MeasureName, total: bigint): number {
  return isMoney(name) ? moneyNumber(total, account.currency) : Number(total)
}
