/** One invoice of a licence, as the contract's PDF endpoint hands it out. Money is a decimal string. */
export interface Invoice {
  readonly account: { readonly name: string; readonly time_zone: string; readonly currency: string }
  readonly partner: { readonly partner_id: string; readonly name: string }
  /** null where the partner has given none. */
  readonly billing: InvoiceBilling | null
  readonly license: { readonly license_id: string; readonly product: string; readonly client_name?: string | null }
  readonly invoice: {
    readonly invoice_no: number | string
    /** ISO 8601 in UTC. */
    readonly date: string
    readonly plan: string
    readonly seats: number
    readonly billing_cycle: string
    readonly amount: string
    readonly status: string
  }
}

export interface InvoiceBilling {
  readonly company: string
  readonly address: string
  readonly city: string
  readonly country: string
  readonly zip_code?: string | null
  readonly state?: string | null
  readonly vat?: string | null
}
