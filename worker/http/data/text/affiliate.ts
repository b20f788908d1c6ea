import { z } from 'zod'
import {
  countByStatus,
  type LicenseRow,
  licensesQuery,
  type StatusCounts,
} from '../../../../db/queries/data/licenses.ts'
import { type ReferredPartner, referredQuery } from '../../../../db/queries/data/referred.ts'
import { anyRange, choice, inOrder, PRODUCTS } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { bucketsOverRange, numberOverRange, spanOf } from '../families.ts'
import { licensesByStatus, listOf } from '../lists.ts'
import { count, money, moneyNumber, number, numberOf, string, timestamp, timestampOf } from '../shapes.ts'

/** Measures of the affiliate program: each is a number over a range and buckets over a range. */
const OVER_TIME = [
  ['trials', 'Trials from affiliate campaigns', {}],
  [
    'earnings',
    'Earnings from affiliate campaigns',
    { product: choice(['livechat', 'chatbot', 'helpdesk']).optional() },
  ],
  ['conversions', 'Trials that became paid', {}],
  ['clicks', 'Clicks on affiliate campaigns', {}],
] as const

const activity: readonly Endpoint[] = OVER_TIME.flatMap(([measure, summary, query]) => [
  numberOverRange({
    id: `text-get-${measure}-metrics`,
    path: `/v2/partners/affiliates/metrics/${measure}`,
    summary: `${summary}, one number.`,
    measure,
    query,
  }),
  bucketsOverRange({
    id: `text-get-${measure}-report`,
    path: `/v2/partners/affiliates/reports/${measure}`,
    summary: `${summary} per day, week or month.`,
    measure,
    query: { product: choice(PRODUCTS).default('all') },
    atMostAYear: true,
  }),
])

export const statusCounts = z.object({ trials: count(), paid: count(), expired: count() })
export const statusCountsOf = ({ trial, paid, expired }: StatusCounts) => ({ trials: trial, paid, expired })

export const affiliate: readonly Endpoint[] = [
  ...activity,
  listOf({
    id: 'text-get-affiliate-licenses',
    path: '/v2/partners/affiliates/licenses',
    summary: 'All licenses credited to affiliate links.',
    query: inOrder(z.object(anyRange('date')), 'date_from', 'date_to'),
    item: z.object({
      product: string(),
      creation_timestamp: timestamp(),
      end_timestamp: timestamp(),
      active: z.boolean(),
      ql: z.boolean(),
      cc_added: z.boolean(),
      paid: z.boolean(),
      commission_percent: number(),
      earnings: money(),
      blocked: z.boolean(),
      campaign_name: string(),
      utm_campaign: string(),
      utm_medium: string(),
      utm_content: string(),
      utm_term: string(),
    }),
    rows: (scope, query) => licensesQuery(scope, { program: 'affiliate', created: spanOf(query) }),
    shape: affiliateLicense,
  }),
  licensesByStatus({
    id: 'text-get-licenses-by-status',
    path: '/v2/partners/partners/affiliates/licenses/{status}',
    aliases: ['/v2/partners/affiliates/licenses/{status}'],
    summary: 'Affiliate licenses in one status, cursor-paged.',
    program: 'affiliate',
    item: z.object({
      campaign: string(),
      status: string(),
      product: string(),
      commission: number(),
      earnings: money(),
      creation_timestamp: timestamp(),
      conversion_timestamp: timestamp(),
      expiration_timestamp: timestamp(),
    }),
    shape: (row, { account }) => ({
      campaign: row.campaign_name ?? '',
      status: row.status,
      product: row.product,
      commission: numberOf(row.commission_percent),
      earnings: moneyNumber(row.earnings, account.currency),
      creation_timestamp: timestampOf(row.created_at),
      conversion_timestamp: timestampOf(row.converted_at),
      expiration_timestamp: timestampOf(row.expires_at),
    }),
  }),
  partnerEndpoint({
    id: 'text-get-summary',
    path: '/v2/partners/affiliates/summary',
    summary: 'Affiliate license counts by status.',
    answer: statusCounts,
    handle: async ({ scope }) => statusCountsOf(await countByStatus(scope, 'affiliate')),
  }),
  listOf({
    id: 'text-get-partners-referred',
    path: '/v2/partners/affiliates/partners-referred',
    summary: 'Partners who joined through this partner.',
    item: z.object({
      partner_id: string(),
      creation_timestamp: timestamp(),
      active_trials: count(),
      active_trials_cc_added: count(),
      total_trials: count(),
      active_paid: count(),
      total_paid: count(),
      commission: money(),
      campaign_name: string(),
      utm_campaign: string(),
      utm_medium: string(),
      utm_content: string(),
      utm_term: string(),
    }),
    rows: (scope) => referredQuery(scope),
    shape: referredPartner,
  }),
]

function affiliateLicense(row: LicenseRow, { account, now }: OnePartner) {
  return {
    product: row.product,
    creation_timestamp: timestampOf(row.created_at),
    end_timestamp: timestampOf(row.expires_at),
    active: row.status !== 'expired',
    ql: isBy(row.qualified_at, now),
    cc_added: isBy(row.cc_added_at, now),
    paid: row.status === 'paid',
    commission_percent: numberOf(row.commission_percent),
    earnings: moneyNumber(row.earnings, account.currency),
    blocked: row.blocked,
    campaign_name: row.campaign_name ?? '',
    utm_campaign: row.utm_campaign ?? '',
    utm_medium: row.utm_medium ?? '',
    utm_content: row.utm_content ?? '',
    utm_term: row.utm_term ?? '',
  }
}

/** Whether something had happened by now. */
export const isBy = (instant: Date | null, now: Date): boolean => instant !== null && instant <= now

/** Which campaign brought a partner is not known: those fields stay empty. */
function referredPartner({ created_at, commission, ...row }: ReferredPartner, { account }: OnePartner) {
  return {
    ...row,
    creation_timestamp: timestampOf(created_at),
    commission: moneyNumber(commission, account.currency),
    campaign_name: '',
    utm_campaign: '',
    utm_medium: '',
    utm_content: '',
    utm_term: '',
  }
}
