import { z } from 'zod'
import { commissionTotals } from '../../../../db/queries/commissions.ts'
import { addUp } from '../../../../db/queries/data/earnings.ts'
import { countByStatus, type LicenseRow, licensesQuery } from '../../../../db/queries/data/licenses.ts'
import { EVER } from '../../../../db/queries/data/scope.ts'
import { decimal } from '../../../../db/values/money.ts'
import { anyRange, choice, inOrder } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { bucketsOverRange, spanOf } from '../families.ts'
import { licensesByStatus, listOf } from '../lists.ts'
import { string, timestamp, timestampOf } from '../shapes.ts'
import { isBy, statusCounts, statusCountsOf } from './affiliate.ts'

/** Licences that the partner runs for its clients. */
export const solution: readonly Endpoint[] = [
  listOf({
    id: 'text-get-solution-licenses',
    path: '/v2/partners/solutions/licenses',
    summary: 'All licenses run for clients.',
    query: inOrder(z.object(anyRange()), 'date_from', 'date_to'),
    item: z.object({
      license: string(),
      product: string(),
      client_name: string(),
      client_email: string(),
      creation_timestamp: timestamp(),
      end_timestamp: timestamp(),
      cc_added: z.boolean(),
      paid: z.boolean(),
      payment_origin: string(),
      status: string(),
    }),
    rows: (scope, query) => licensesQuery(scope, { program: 'solution', created: spanOf(query) }),
    shape: solutionLicense,
  }),
  licensesByStatus({
    id: 'text-get-solution-licenses-by-status',
    path: '/v2/partners/solutions/licenses/{status}',
    summary: 'Client licenses in one status, cursor-paged.',
    program: 'solution',
    item: z.object({
      license_id: string(),
      status: string(),
      product: string(),
      client_name: string(),
      client_email: string(),
      payment_origin: string(),
      creation_timestamp: timestamp(),
      conversion_timestamp: timestamp(),
      expiration_timestamp: timestamp(),
    }),
    shape: (row) => ({
      license_id: row.license_id,
      status: row.status,
      product: row.product,
      client_name: row.client_name ?? '',
      client_email: row.client_email ?? '',
      payment_origin: row.payment_origin ?? '',
      creation_timestamp: timestampOf(row.created_at),
      conversion_timestamp: timestampOf(row.converted_at),
      expiration_timestamp: timestampOf(row.expires_at),
    }),
  }),
  partnerEndpoint({
    id: 'text-get-license-metrics',
    path: '/v2/partners/solutions/licenses/count',
    summary: 'Client license counts by status.',
    query: inOrder(z.object(anyRange()), 'date_from', 'date_to'),
    answer: statusCounts,
    handle: async ({ scope, query }) => statusCountsOf(await countByStatus(scope, 'solution', spanOf(query))),
  }),
  bucketsOverRange({
    id: 'text-get-solution-licenses-report',
    path: '/v2/partners/solutions/reports/license',
    summary: 'Client licenses per day, week or month.',
    measure: 'solutionLicenses',
    query: { license_status: choice(['trial', 'paid', 'expired']).optional() },
  }),
  partnerEndpoint({
    id: 'text-get-solution-summary',
    method: 'POST',
    path: '/v2/partners/solutions/summary',
    summary: 'Client license counts, commission and discount.',
    answer: z.object({
      trials: string(),
      paid: string(),
      expired: string(),
      commission: string(),
      discount: string(),
    }),
    handle: async ({ scope }) => summaryAnswer(scope),
  }),
]

/** As the document prints them: all five are text. */
async function summaryAnswer(scope: OnePartner) {
  const { db, account, partnerId } = scope
  const { trial, paid, expired } = await countByStatus(scope, 'solution')
  const totals = await commissionTotals(db, account, EVER, { partners: [partnerId], program: 'solution' })
  const { commission, discount } = addUp(totals)
  return {
    trials: String(trial),
    paid: String(paid),
    expired: String(expired),
    commission: decimal(commission, account.currency),
    discount: decimal(discount, account.currency),
  }
}

/** What the list and the licence by itself have in common. */
export function solutionLicense(row: LicenseRow, { now }: OnePartner) {
  return {
    license: row.license_id,
    product: row.product,
    client_name: row.client_name ?? '',
    client_email: row.client_email ?? '',
    creation_timestamp: timestampOf(row.created_at),
    end_timestamp: timestampOf(row.expires_at),
    cc_added: isBy(row.cc_added_at, now),
    paid: row.status === 'paid',
    payment_origin: row.payment_origin ?? '',
    status: row.status,
  }
}
