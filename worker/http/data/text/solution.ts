import { z } from 'zod'
import { decimal } from '../../../../db/money.ts'
import { commissionTotals } from '../../../../db/queries/commissions.ts'
import { addUp } from '../../../../db/queries/data/earnings.ts'
import { listInvoices, listOperators } from '../../../../db/queries/data/license-papers.ts'
import { countByStatus, findLicense, type LicenseRow, licensesQuery } from '../../../../db/queries/data/licenses.ts'
import { EVER } from '../../../../db/queries/data/scope.ts'
import { notFound } from '../../problem.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { bucketsOverRange, licensesByStatus, listOf, spanOf } from '../families.ts'
import { anyRange, choice, inOrder, text } from '../schemas.ts'
import { count, money, moneyNumber, number, numberOf, string, timestamp, timestampOf } from '../shapes.ts'
import { isBy, statusCounts, statusCountsOf } from './affiliate.ts'

const LICENSE_ID = text('a license number')
const ONE_LICENSE = z.object({ product: choice(['livechat', 'chatbot']), license_id: LICENSE_ID })

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
  partnerEndpoint({
    id: 'text-get-license-details',
    path: '/v2/partners/solutions/licenses/{product}/{license_id}',
    summary: 'One license in full.',
    params: ONE_LICENSE,
    answer: z.object({
      license: string(),
      client_name: string(),
      client_email: string(),
      purchase_order: string(),
      payment_origin: string(),
      creation_timestamp: timestamp(),
      end_timestamp: timestamp(),
      conversations: count(),
      conversations_last_30_days: count(),
      cc_added: z.boolean(),
      paid: z.boolean(),
      ql: z.boolean(),
      seats: count(),
      plan: string(),
      billing_cycle: string(),
      total_discount: money(),
      discount_percent: number(),
      total_commission: money(),
      commission_percent: number(),
      data_center: string(),
      status: string(),
      invited_agents: z.array(z.object({ email: string() })),
    }),
    handle: async ({ scope, params }) => {
      const license = await findLicenseOrThrow(scope, params.license_id, params.product)
      const operators = await listOperators(scope, license.license_id)
      const invited = operators.filter(({ permission }) => permission !== 'owner')
      return { ...licenseDetails(license, scope), invited_agents: invited.map(({ login }) => ({ email: login })) }
    },
  }),
  partnerEndpoint({
    id: 'text-get-license-operators',
    path: '/v2/partners/solutions/licenses/{product}/{license_id}/operators',
    summary: 'People with access to a license.',
    params: ONE_LICENSE,
    answer: z.object({ result: z.array(z.object({ login: string(), name: string(), permission: string() })) }),
    handle: async ({ scope, params }) => {
      const license = await findLicenseOrThrow(scope, params.license_id, params.product)
      return { result: await listOperators(scope, license.license_id) }
    },
  }),
  partnerEndpoint({
    id: 'text-get-license-invoices',
    path: '/v2/partners/solutions/licenses/{license_id}/invoices',
    summary: 'Invoices of a license.',
    params: z.object({ license_id: LICENSE_ID }),
    answer: z.object({
      result: z.array(
        z.object({
          invoice_no: count(),
          date: timestamp(),
          plan: string(),
          seats: count(),
          billing_cycle: string(),
          amount: money(),
          status: string(),
        }),
      ),
    }),
    handle: async ({ scope, params }) => {
      const { license_id } = await findLicenseOrThrow(scope, params.license_id)
      const invoices = await listInvoices(scope, license_id)
      return {
        result: invoices.map(({ invoice_no, date, amount, ...row }) => ({
          ...row,
          invoice_no: Number(invoice_no),
          date: timestampOf(date),
          amount: moneyNumber(amount, scope.account.currency),
        })),
      }
    },
  }),
]

/** A licence of the solution program; 404 where the partner has none of that number (and product). */
export async function findLicenseOrThrow(scope: OnePartner, licenseId: string, product?: string): Promise<LicenseRow> {
  const license = await findLicense(scope, licenseId, product)
  if (!license) throw notFound('license')
  return license
}

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

function solutionLicense(row: LicenseRow, { now }: OnePartner) {
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

/** Conversations are no facts of a partner program: always 0. */
function licenseDetails(row: LicenseRow, scope: OnePartner) {
  const {
    license,
    client_name,
    client_email,
    creation_timestamp,
    end_timestamp,
    cc_added,
    paid,
    payment_origin,
    status,
  } = solutionLicense(row, scope)
  return {
    license,
    client_name,
    client_email,
    purchase_order: row.purchase_order ?? '',
    payment_origin,
    creation_timestamp,
    end_timestamp,
    conversations: 0,
    conversations_last_30_days: 0,
    cc_added,
    paid,
    ql: isBy(row.qualified_at, scope.now),
    seats: row.seats ?? 0,
    plan: row.plan ?? '',
    billing_cycle: row.billing_cycle ?? '',
    total_discount: moneyNumber(row.savings, scope.account.currency),
    discount_percent: numberOf(row.discount_percent),
    total_commission: moneyNumber(row.earnings, scope.account.currency),
    commission_percent: numberOf(row.commission_percent),
    data_center: row.data_center ?? '',
    status,
  }
}
