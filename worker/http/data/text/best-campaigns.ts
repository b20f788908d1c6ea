import type { Endpoint } from '../endpoint.ts'
import { bestCampaigns as bestBy } from '../ranking.ts'

const BEST = '/v2/partners/affiliates/campaigns/best-performing'
/** Each measure of a campaign as a ranking and as the sum of the ranking. */
export const bestCampaigns: readonly Endpoint[] = (['clicks', 'trials', 'conversions', 'earnings'] as const).flatMap(
  (measure) => [
    bestBy({
      id: `text-get-best-performing-campaigns-${measure}-report`,
      path: `${BEST}/reports/${measure}`,
      summary: `The best campaigns by ${measure}, one row each.`,
      measure,
      show: 'rows',
    }),
    bestBy({
      id: `text-get-best-performing-campaigns-${measure}-metrics`,
      path: `${BEST}/metrics/${measure}`,
      summary: `The ${measure} of the best campaigns added up.`,
      measure,
      show: 'sum',
    }),
  ],
)
