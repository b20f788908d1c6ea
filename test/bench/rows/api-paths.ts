/** A request as it is asked for in the bench: by a partner's key or by the account's. */
export interface Request {
  readonly key: 'partner' | 'account'
  readonly path: string
}

const MONTH = 'date_from=2026-10-01&date_to=2026-10-31'
const YEAR = 'date_from=2025-11-01&date_to=2026-10-31'
const MEASURES = ['trials', 'earnings', 'conversions', 'clicks'] as const

/** Every family of report-data endpoints, over a month, over a year and over all time; `partner` has two campaigns. */
export function requestsOf(partner: { number: number; uuid: string }): Request[] {
  const campaign = partner.number * 2 - 1
  const own = [
    '/v2/partners',
    '/v2/partners/stats',
    '/v2/partners/balance',
    `/v2/partners/earnings?${MONTH}`,
    '/v2/partners/coupons',
    '/v2/partners/withdrawals',
    `/v2/partners/metrics/commission?${YEAR}`,
    `/v2/partners/reports/commission?${YEAR}&aggregation=month`,
    ...MEASURES.flatMap((measure) => [
      `/v2/partners/affiliates/metrics/${measure}`,
      `/v2/partners/affiliates/metrics/${measure}?${MONTH}`,
      `/v2/partners/affiliates/reports/${measure}?${YEAR}&aggregation=day`,
      `/v2/partners/affiliates/campaigns/best-performing/metrics/${measure}?${YEAR}`,
      `/v2/partners/affiliates/campaigns/best-performing/reports/${measure}?${MONTH}&aggregation=week`,
    ]),
    `/v2/partners/affiliates/campaigns/${campaign}/summary?${MONTH}`,
    `/v2/partners/affiliates/campaigns/${campaign}/metrics/earnings?${YEAR}&billing_cycle=monthly`,
    '/v2/partners/affiliates/campaigns',
    '/v2/partners/affiliates/links',
    `/v2/partners/affiliates/performance?${MONTH}`,
    `/v2/partners/affiliates/licenses?${MONTH}`,
    `/v2/partners/affiliates/licenses/paid?${YEAR}`,
    '/v2/partners/affiliates/summary',
    '/v2/partners/affiliates/partners-referred',
    '/v2/partners/solutions/licenses',
    `/v2/partners/solutions/licenses/trial?${YEAR}`,
    '/v2/partners/solutions/leads',
    '/partner/analytics',
    '/partner/usage',
    '/partner/billing/usage',
    '/partner/organizations',
  ]
  const whole = [
    '/v1/analytics/partners?period=last_month&limit=20',
    '/v1/analytics/partners?period=current_year&partner_type=reseller',
    `/v1/analytics/partners/leads-timeline?partner_uuid=${partner.uuid}&period=last_12_months`,
    '/api/v1/accounts/1/funnels/1/analytics?since=2026-10-01&until=2026-10-31&group_by=day',
    '/api/v1/accounts/1/funnels/1/analytics?since=2026-01-01&until=2026-10-31&group_by=month',
  ]
  return [
    ...own.map((path) => ({ key: 'partner', path }) as const),
    ...whole.map((path) => ({ key: 'account', path }) as const),
  ]
}
