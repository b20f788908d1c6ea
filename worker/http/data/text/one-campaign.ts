import { z } from 'zod'
import { activityOfPartner, type CampaignRow, findCampaign } from '../../../../db/queries/data/campaigns.ts'
import { measureExtent, measureTotal } from '../../../../db/queries/data/measuring.ts'
import { EVER } from '../../../../db/queries/data/scope.ts'
import type { Span } from '../../../../db/queries/definitions.ts'
import { notFound } from '../../shared/problem.ts'
import { anyRange, choice, idNumber, inOrder } from '../../shared/schemas.ts'
import { bucketShape, utcBuckets } from '../buckets.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { AGGREGATIONS, bucketItems, spanOf } from '../families.ts'
import { count, money, moneyNumber } from '../shapes.ts'

const CAMPAIGN = z.object({ campaign_id: idNumber() })
const billing_cycle = choice(['monthly', 'annual'])

/** One campaign by itself; another partner's is 404. */
export const oneCampaign: readonly Endpoint[] = [
  partnerEndpoint({
    id: 'text-get-campaigns-earnings-metric',
    path: '/v2/partners/affiliates/campaigns/{campaign_id}/metrics/earnings',
    summary: 'Earnings of one campaign, one number.',
    params: CAMPAIGN,
    query: inOrder(z.object({ ...anyRange('date'), billing_cycle }), 'date_from', 'date_to'),
    answer: z.object({ value: money() }),
    handle: async ({ scope, query, params }) => {
      await findCampaignOrThrow(scope, params.campaign_id)
      const filter = { campaignId: params.campaign_id, billingCycle: query.billing_cycle }
      const total = await measureTotal('campaignEarnings', scope, spanOf(query), filter)
      return { value: moneyNumber(total, scope.account.currency) }
    },
  }),
  partnerEndpoint({
    id: 'text-get-campaigns-earnings-report',
    path: '/v2/partners/affiliates/campaigns/{campaign_id}/reports/earnings',
    summary: 'Earnings of one campaign per day, week or month.',
    params: CAMPAIGN,
    query: inOrder(
      z.object({ ...anyRange('date'), billing_cycle, aggregation: choice(AGGREGATIONS) }),
      'date_from',
      'date_to',
    ),
    answer: z.object({ items: z.array(bucketShape(money())) }),
    handle: async ({ scope, query, params }) => {
      await findCampaignOrThrow(scope, params.campaign_id)
      const filter = { campaignId: params.campaign_id, billingCycle: query.billing_cycle }
      const span = await knownSpan(scope, query, filter)
      const buckets = span ? utcBuckets(span, query.aggregation) : []
      return { items: await bucketItems('campaignEarnings', scope, buckets, filter) }
    },
  }),
  partnerEndpoint({
    id: 'text-get-campaigns-summary',
    path: '/v2/partners/affiliates/campaigns/{campaign_id}/summary',
    summary: 'Clicks, trials, paid licenses and earnings of one campaign.',
    params: CAMPAIGN,
    answer: z.object({ click: count(), trial: count(), paid: count(), earnings: money() }),
    handle: async ({ scope, params }) => {
      await findCampaignOrThrow(scope, params.campaign_id)
      const all = await activityOfPartner(scope, EVER)
      const one = all.find(({ campaignId }) => campaignId === Number(params.campaign_id))
      return {
        click: one?.clicks ?? 0,
        trial: one?.trials ?? 0,
        paid: one?.conversions ?? 0,
        earnings: moneyNumber(one?.earnings ?? 0n, scope.account.currency),
      }
    },
  }),
]

/** An end that was not asked for is where the campaign's earnings end; undefined where there is nothing to show. */
async function knownSpan(
  scope: OnePartner,
  query: { date_from?: Date | undefined; date_to?: Date | undefined },
  filter: { campaignId: string; billingCycle: string },
): Promise<Span | undefined> {
  const { date_from: from, date_to: to } = query
  if (from && to) return { from, to }
  const extent = await measureExtent('campaignEarnings', scope, filter)
  if (!extent) return undefined
  const span = { from: from ?? extent.first, to: to ?? new Date(extent.last.getTime() + 1) }
  return span.from < span.to ? span : undefined
}

async function findCampaignOrThrow(scope: OnePartner, campaignId: string): Promise<CampaignRow> {
  const campaign = await findCampaign(scope, campaignId)
  if (!campaign) throw notFound('campaign')
  return campaign
}
