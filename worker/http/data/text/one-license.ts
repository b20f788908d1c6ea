import { z } from 'zod'
import { listInvoices, listOperators } from '../../../../db/queries/data/license-papers.ts'
import { findLicense, type LicenseRow } from '../../../../db/queries/data/licenses.ts'
import { notFound } from '../../shared/problem.ts'
import { choice, text } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { count, money, moneyNumber, number, numberOf, string, timestamp, timestampOf } from '../shapes.ts'
import { isBy } from './affiliate.ts'
import { solutionLicense } from './solution.ts'

const LICENSE_ID = text('a license number')
const ONE_LICENSE = z.object({ product: choice(['livechat', 'chatbot']), license_id: LICENSE_ID })

/** One client licence by itself. */
export const oneLicense: readonly Endpoint[] = [
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
