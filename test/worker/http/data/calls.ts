import type { Endpoint } from '../../../../worker/http/data/endpoint.ts'
import type { Subject } from './program.ts'

/** A right value for every parameter that an endpoint may demand, by its name. */
const VALUES: Record<string, string> = {
  date_from: '2026-01-01T00:00:00Z',
  date_to: '2026-03-31T23:59:59Z',
  aggregation: 'month',
  billing_cycle: 'annual',
  state: 'active',
  start_date: '2026-01-01',
  end_date: '2026-03-31',
}

/** The path of an endpoint with the subject's own numbers. */
export function pathOf(endpoint: Endpoint, subject: Subject): string {
  const values: Record<string, string | number> = {
    account_id: subject.accountId,
    campaign_id: subject.campaign,
    license_id: `${subject.partnerId}-S2`,
    leadID: `${subject.partnerId}-L1`,
    product: 'livechat',
    status: 'paid',
    invoice_no: 2,
    id: endpoint.of === 'account' ? subject.funnel : 0,
  }
  return endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? name))
}

/** What must or may well be given in the query. */
export function queryOf(endpoint: Endpoint, subject: Subject): Record<string, string> {
  const names = Object.keys(endpoint.query?.shape ?? {})
  const given = names.filter((name) => name in VALUES).map((name) => [name, VALUES[name] ?? ''])
  if (names.includes('partner_uuid')) given.push(['partner_uuid', subject.uuid])
  return Object.fromEntries(given)
}

export const isRead = ({ write }: Endpoint): boolean => write !== true
