import { z } from 'zod'
import {
  type CampaignPerformance,
  type CampaignRow,
  campaignsQuery,
  listDefaultLinks,
  listPerformance,
  searchCampaigns,
} from '../../../../db/queries/data/campaigns.ts'
import { anyRange, choice, inOrder, integer, PRODUCTS } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { spanOf } from '../families.ts'
import { filters } from '../filters.ts'
import { listOf } from '../lists.ts'
import { count, money, moneyNumber, number, string, timestamp, timestampOf } from '../shapes.ts'

const PAGE = 15

export const campaigns: readonly Endpoint[] = [
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
]

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
