import { z } from 'zod'
import { type LicenseInvoice, listInvoices } from '../../../../db/queries/data/license-papers.ts'
import type { LicenseRow } from '../../../../db/queries/data/licenses.ts'
import { findBilling } from '../../../../db/queries/data/partner.ts'
import { decimal } from '../../../../db/values/money.ts'
import { sha256Of } from '../../../../db/values/sha256.ts'
import { isoInstant } from '../../../../jobs/calendar/period.ts'
import { invoicePdf } from '../../../../templates/invoice/pdf.ts'
import type { Invoice } from '../../../../templates/invoice/view.ts'
import { notFound } from '../../shared/problem.ts'
import { integer, text } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { findLicenseOrThrow } from './one-license.ts'

export const invoice: Endpoint = partnerEndpoint({
  id: 'text-get-license-invoice-pdf',
  path: '/v2/partners/solutions/licenses/{license_id}/invoices/{invoice_no}',
  summary: 'One invoice as a PDF file.',
  file: 'application/pdf',
  params: z.object({ license_id: text('a license number'), invoice_no: integer(0, 999_999_999_999_999) }),
  handle: async ({ scope, params, reply }) => {
    const license = await findLicenseOrThrow(scope, params.license_id)
    const [found] = await listInvoices(scope, license.license_id, params.invoice_no)
    if (!found) throw notFound('invoice')
    const document = await documentOf(scope, license, found)
    const { brandColor, locale } = scope.account
    const pdf = await invoicePdf(document, {
      sha256: sha256Of(JSON.stringify(document)),
      locale: scope.partner.locale ?? locale,
      ...(brandColor && { brandColor }),
    })
    reply.type('application/pdf')
    return Buffer.from(pdf)
  },
})

async function documentOf(scope: OnePartner, license: LicenseRow, found: LicenseInvoice): Promise<Invoice> {
  const { account, partner } = scope
  return {
    account: { name: account.name, time_zone: account.timeZone, currency: account.currency },
    partner: { partner_id: partner.partner_id, name: partner.name },
    billing: (await findBilling(scope)) ?? null,
    license: { license_id: license.license_id, product: license.product, client_name: license.client_name },
    invoice: {
      ...found,
      date: isoInstant(found.date),
      amount: decimal(BigInt(found.amount), account.currency),
    },
  }
}
