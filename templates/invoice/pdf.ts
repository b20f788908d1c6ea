import { notationOf } from '../pdf/notation.ts'
import { heading, paragraph, title } from '../pdf/parts/heading.ts'
import { lists } from '../pdf/parts/lists.ts'
import { table } from '../pdf/parts/table.ts'
import { framedPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import type { Invoice, InvoiceBilling } from './view.ts'

/** One invoice of a licence as a page (contract: text-get-license-invoice-pdf). `dress.sha256` is of what it says. */
export function invoicePdf(document: Invoice, dress: Dress): Promise<Uint8Array> {
  const { account, partner, billing, license, invoice } = document
  const name = `Invoice ${invoice.invoice_no}`
  const frame = {
    title: name,
    subject: billing?.company ?? partner.name,
    account: account.name,
    period: license.license_id,
    created: new Date(invoice.date),
  }
  return framedPdf(frame, dress, async (flow) => {
    const { money, count, date } = notationOf(
      { currency: account.currency, account: { ...account, account_id: 0, locale: flow.locale } },
      flow.locale,
    )
    title(flow, name, [invoice.status.toUpperCase()])
    paragraph(flow, `From ${account.name}`, { muted: true, lines: 2 })
    heading(flow, 'Bill to')
    for (const [i, line] of addressOf(partner.name, billing).entries())
      paragraph(flow, line, { size: 9.5, bold: i === 0 })
    lists(flow, [
      {
        title: 'Invoice',
        items: [
          { label: 'Number', value: String(invoice.invoice_no) },
          { label: 'Date', value: date(invoice.date) },
          { label: 'Status', value: invoice.status },
        ],
      },
      {
        title: 'Licence',
        items: [
          { label: 'Licence', value: license.license_id },
          { label: 'Product', value: license.product },
          ...(license.client_name ? [{ label: 'Client', value: license.client_name }] : []),
        ],
      },
    ])
    heading(flow, 'Items')
    await table(flow, {
      columns: [
        { title: 'Item', text: () => `${license.product}, plan ${invoice.plan}`, lines: 3 },
        { title: 'Billing cycle', text: () => invoice.billing_cycle },
        { title: 'Seats', text: () => count(invoice.seats), number: true },
        { title: 'Amount', text: () => money(invoice.amount), number: true },
      ],
      rows: [invoice],
      total: ['Total', '', '', money(invoice.amount)],
    })
  })
}

function addressOf(partner: string, billing: InvoiceBilling | null): string[] {
  if (!billing) return [partner]
  const town = [billing.zip_code, billing.city, billing.state].filter(Boolean).join(' ')
  const vat = billing.vat ? [`VAT ${billing.vat}`] : []
  return [billing.company, billing.address, town, billing.country, ...vat].filter((line) => line !== '')
}
