import { z } from 'zod'
import {
  activityOfPartner,
  type CampaignPerformance,
  type CampaignRow,
  campaignsQuery,
  findCampaign,
  listDefaultLinks,
  listPerformance,
  searchCampaigns,
} from '../../../../db/queries/data/campaigns.ts'
import { measureExtent, measureTotal } from '../../../../db/queries/data/measures.ts'
import { EVER } from '../../../../db/queries/data/scope.ts'
import type { Span } from '../../../../db/queries/definitions.ts'
import { notFound } from '../../problem.ts'
import { bucketShape, utcBuckets } from '../buckets.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { AGGREGATIONS, bestCampaigns, bucketItems, listOf, spanOf } from '../families.ts'
import { filters } from '../filters.ts'
import { anyRange, choice, idNumber, inOrder, integer, PRODUCTS } from '../schemas.ts'
import { count, money, moneyNumber, number, string, timestamp, timestampOf } from '../shapes.ts'

const BEST = '/v2/partners/affiliates/campaigns/best-performing'
const best: readonly Endpoint[] = (['clicks', 'trials', 'conversions', 'earnings'] as const).flatMap((measure) => [
  bestCampaigns({
    id: `text-get-best-performing-campaigns-${measure}-report`,
    path: `${BEST}/reports/${measure}`,
    summary: `The best campaigns by ${measure}, one row each.`,
    measure,
    show: 'rows',
  }),
  bestCampaigns({
    id: `text-get-best-performing-campaigns-${measure}-metrics`,
    path: `${BEST}/metrics/${measure}`,
    summary: `The ${measure} of the best campaigns added up.`,
    measure,
    show: 'sum',
  }),
])

const PAGE = 15
const CAMPAIGN = z.object({ campaign_id: idNumber() })
const billing_cycle = choice(['monthly', 'annual'])

export const campaigns: readonly Endpoint[] = [
  ...best,
  partnerEndpoint({
    id: 'text-search-campaigns',
    path: '/v2/partners/affiliates/campaigns/search',
    summary: 'Paged campaign search.',
    query: z.object({
      page: integer(1, 1_000_000).default(1),
      state: choice(['active', 'archived']),
      product: choice(PRODUCTS).default('all'),
      filters: filters({ name: ['equals', 'contains'], product: ['equals', 'contains'] }).optional(),
      sort_by: choice(['creation_timestamp']).optional(),
      sort_order: choice(['desc', 'asc']).optional(),
    }),
    answer: z.object({
      value: number().meta({ description: 'Campaigns found, as total.' }),
      results: z.array(
        z.object({
          id: count(),
          name: string(),
          product: string(),
          created_at: timestamp(),
          landing_page_url: string(),
          slug: string(),
          is_default: z.boolean(),
          region: string(),
          offer: string().nullable(),
        }),
      ),
      total: count(),
      limit: count(),
    }),
    handle: async ({ scope, query }) => {
      const { rows, total } = await searchCampaigns(scope, {
        active: query.state === 'active',
        product: query.product === 'all' ? undefined : query.product,
        matches: (query.filters ?? []).map(({ field, operator, value }) => ({
          column: field,
          how: operator,
          text: value,
        })),
        ascending: query.sort_order === 'asc',
        limit: PAGE,
        offset: (query.page - 1) * PAGE,
      })
      return { value: total, results: rows.map(searchResult), total, limit: PAGE }
    },
  }),
  listOf({
    id: 'text-get-campaigns',
    path: '/v2/partners/affiliates/campaigns',
    summary: 'All campaigns in one state.',
    query: z.object({ state: choice(['active', 'disabled']).default('active') }),
    item: z.object({
      active: z.boolean(),
      product: string(),
      name: string(),
      slug: string(),
      url: string(),
      short_url: string(),
      creation_timestamp: timestamp(),
      trial_duration: count(),
      discount: string().optional(),
    }),
    rows: (scope, query) => campaignsQuery(scope, query.state !== 'disabled'),
    shape: campaignItem,
  }),
  partnerEndpoint({
    id: 'text-get-affiliate-links',
    path: '/v2/partners/affiliates/links',
    summary: 'Default long and short link per product.',
    answer: z.object({ livechat: link(), chatbot: link(), partner_program: link() }),
    handle: async ({ scope }) => {
      const links = new Map((await listDefaultLinks(scope)).map(({ product, link }) => [product, link]))
      const linkOf = (product: string) => ({ url: links.get(product) ?? '', short_url: '' })
      return { livechat: linkOf('livechat'), chatbot: linkOf('chatbot'), partner_program: linkOf('partner_program') }
    },
  }),
  partnerEndpoint({
    id: 'text-get-performance-report',
    path: '/v2/partners/affiliates/performance',
    summary: 'Clicks, trials and commission per campaign.',
    query: inOrder(z.object(anyRange('date')), 'date_from', 'date_to'),
    answer: z.object({
      result: z.array(
        z.object({
          product: string(),
          campaign_name: string(),
          utm_campaign: string(),
          utm_medium: string(),
          utm_content: string(),
          utm_term: string(),
          clicks: count(),
          trials: count(),
          qls: count(),
          paid: count(),
          partners_referred: count(),
          commission: money(),
        }),
      ),
    }),
    handle: async ({ scope, query }) => {
      const rows = await listPerformance(scope, spanOf(query))
      return { result: rows.map((row) => performanceItem(row, scope)) }
    },
  }),
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

function link() {
  return z.object({ url: string(), short_url: string() })
}

const searchResult = (row: CampaignRow) => ({
  id: Number(row.campaign_id),
  name: row.name,
  product: row.product,
  created_at: timestampOf(row.created_at),
  landing_page_url: row.link ?? '',
  slug: row.slug ?? '',
  is_default: row.is_default,
  region: row.region ?? '',
  offer: row.coupon,
})

function campaignItem(row: CampaignRow) {
  return {
    active: row.active,
    product: row.product,
    name: row.name,
    slug: row.slug ?? '',
    url: row.link ?? '',
    short_url: '',
    creation_timestamp: timestampOf(row.created_at),
    trial_duration: row.trial_duration ?? 0,
    ...(row.coupon === null ? {} : { discount: row.coupon }),
  }
}

function performanceItem({ campaign, activity, qualified, partnersReferred }: CampaignPerformance, scope: OnePartner) {
  return {
    product: campaign.product,
    campaign_name: campaign.name,
    utm_campaign: campaign.slug ?? '',
    utm_medium: '',
    utm_content: '',
    utm_term: '',
    clicks: activity?.clicks ?? 0,
    trials: activity?.trials ?? 0,
    qls: qualified,
    paid: activity?.conversions ?? 0,
    partners_referred: partnersReferred,
    commission: moneyNumber(activity?.earnings ?? 0n, scope.account.currency),
  }
}
