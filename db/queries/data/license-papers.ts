import { sql } from 'kysely'
import type { PartnerScope } from './scope.ts'

interface LicenseOperator {
  readonly login: string
  readonly name: string
  readonly permission: string
}

/** People with access to a licence, owners first. */
export async function listOperators(
  { db, account, partnerId }: PartnerScope,
  licenseId: string,
): Promise<LicenseOperator[]> {
  return db
    .selectFrom('license_operators')
    .select(['login', 'name', 'permission'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .where('license_id', '=', licenseId)
    .orderBy(sql`permission <> 'owner'`)
    .orderBy('login')
    .execute()
}

/** `amount` in minor units of the account's currency. */
export interface LicenseInvoice {
  readonly invoice_no: string
  readonly date: Date
  readonly plan: string
  readonly seats: number
  readonly billing_cycle: string
  readonly amount: string
  readonly status: string
}

/** Invoices of a licence, newest first; only the one of that number if it is given. */
export async function listInvoices(
  { db, account, partnerId }: PartnerScope,
  licenseId: string,
  invoiceNo?: number,
): Promise<LicenseInvoice[]> {
  let query = db
    .selectFrom('license_invoices')
    .select(['invoice_no', 'date', 'plan', 'seats', 'billing_cycle', 'amount', 'status'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .where('license_id', '=', licenseId)
  if (invoiceNo !== undefined) query = query.where('invoice_no', '=', String(invoiceNo))
  return query.orderBy('date', 'desc').orderBy('invoice_no', 'desc').execute()
}
