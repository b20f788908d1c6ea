import { z } from 'zod'
import type { CampaignActivity } from '../../../db/queries/campaigns.ts'
import { activityOfPartner } from '../../../db/queries/data/campaigns.ts'
import { MEASURES, type Measure, type MeasureName } from '../../../db/queries/data/measures.ts'
import type { Span } from '../../../db/queries/definitions.ts'
import { anyRange, inOrder, integer } from '../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from './endpoint.ts'
import { jsonValue, type Named, shapeOf, spanOf } from './families.ts'
import { count, string } from './shapes.ts'

interface Ranking extends Named {
  readonly measure: MeasureName
  /** `rows`: the campaigns themselves; `sum`: their figures added up. */
  readonly show: 'rows' | 'sum'
}

/** The best campaigns: highest first, then by name, those with more than zero (docs/data-api.md, Choices). */
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
