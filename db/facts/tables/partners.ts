import { bigInteger, money } from '../cells/numbers.ts'
import { address, boolean, currency, identifier, listOf, locale, oneOf, text, timeZone, uuid } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, fixedOnce, mayBeEmpty, optional, refersTo, required } from '../table.ts'
import { partnerUuid } from '../uuid.ts'

export const partners: FactTable = {
  name: 'partners',
  columns: [
    required('partner_id', identifier),
    required('name', text),
    mayBeEmpty('email', address, `''`),
    required('type', oneOf('referral', 'reseller', 'distributor')),
    optional('programs', listOf('affiliate', 'solution', 'expert'), `'{}'`),
    optional('uuid', uuid, 's.uuid_default'),
    optional('category', text),
    optional('tier', text),
    optional('stage', text),
    optional('currency', currency),
    optional('timezone', timeZone),
    optional('locale', locale),
    optional('country', text),
    optional('referred_by', identifier),
    optional('blocked', boolean, 'false'),
    required('created_at', instant),
    optional('send_monthly_summary', boolean, 'true'),
    optional('send_reseller_weekly_summary', boolean, 'true'),
    optional('send_newsletter', boolean, 'true'),
    optional('send_notifications', boolean, 'true'),
  ],
  key: ['partner_id'],
  references: [refersTo('partners', 'referred_by', 'partner_id')],
  made: { column: 'uuid', from: 'partner_id', make: (partnerId, accountId) => partnerUuid(accountId, partnerId) },
  unique: [{ column: 'uuid', called: 'a UUID' }],
}

export const billingDetails: FactTable = {
  name: 'billing_details',
  columns: [
    required('partner_id', identifier),
    required('type', oneOf('business', 'individual')),
    required('company', text),
    required('address', text),
    required('city', text),
    required('country', text),
    required('paypal', address),
    optional('zip_code', text),
    optional('vat', text),
    optional('state', text),
  ],
  key: ['partner_id'],
  references: [refersTo('partners', 'partner_id')],
}

export const withdrawals: FactTable = {
  name: 'withdrawals',
  columns: [
    required('withdrawal_id', bigInteger()),
    required('partner_id', identifier),
    required('amount', money('positive')),
    fixedOnce(optional('currency', currency)),
    required('status', oneOf('pending', 'paid', 'rejected')),
    required('requested_at', instant),
    optional('acted_at', instant),
    optional('invoice_id', text),
    optional('paypal', address),
  ],
  key: ['withdrawal_id'],
  references: [refersTo('partners', 'partner_id')],
  currency: 'row',
  logged: true,
}
