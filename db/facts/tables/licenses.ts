import { bigInteger, decimal, integer, money } from '../cells/numbers.ts'
import { boolean, identifier, oneOf, text } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, optional, refersTo, required } from '../table.ts'

const billingCycle = oneOf('monthly', 'annual')

export const licenses: FactTable = {
  name: 'licenses',
  columns: [
    required('license_id', identifier),
    required('partner_id', identifier),
    required('program', oneOf('affiliate', 'solution')),
    required('product', text),
    optional('campaign_id', bigInteger()),
    optional('client_name', text),
    optional('client_email', text),
    optional('purchase_order', text),
    optional('payment_origin', oneOf('client', 'partner')),
    optional('plan', text),
    optional('billing_cycle', billingCycle),
    optional('seats', integer({ min: 0 })),
    optional('data_center', text),
    required('created_at', instant),
    optional('qualified_at', instant),
    optional('cc_added_at', instant),
    optional('converted_at', instant),
    optional('expires_at', instant),
    optional('commission_percent', decimal('not negative')),
    optional('discount_percent', decimal('not negative')),
    optional('blocked', boolean, 'false'),
    optional('utm_campaign', text),
    optional('utm_source', text),
    optional('utm_medium', text),
    optional('utm_content', text),
    optional('utm_term', text),
  ],
  key: ['license_id'],
  references: [refersTo('partners', 'partner_id'), refersTo('campaigns', 'campaign_id')],
}

export const licenseOperators: FactTable = {
  name: 'license_operators',
  columns: [
    required('license_id', identifier),
    required('login', identifier),
    required('name', text),
    required('permission', text),
  ],
  key: ['license_id', 'login'],
  references: [refersTo('licenses', 'license_id')],
  owner: { table: 'licenses', key: 'license_id' },
}

export const licenseInvoices: FactTable = {
  name: 'license_invoices',
  columns: [
    required('license_id', identifier),
    required('invoice_no', bigInteger()),
    required('date', instant),
    required('plan', text),
    required('seats', integer({ min: 0 })),
    required('billing_cycle', billingCycle),
    required('amount', money()),
    required('status', text),
  ],
  key: ['license_id', 'invoice_no'],
  references: [refersTo('licenses', 'license_id')],
  owner: { table: 'licenses', key: 'license_id' },
  currency: 'account',
}
