import { bigInteger, money } from '../cells/numbers.ts'
import { boolean, currency, identifier, listOf, locale, oneOf, text, timeZone, uuid } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, mayBeEmpty, optional, refersTo, required } from '../table.ts'
import { partnerUuid } from '../uuid.ts'

const UUID_DEFAULT = 's.uuid_default'
const UUID = `coalesce(s.uuid, ${UUID_DEFAULT})`

export const partners: FactTable = {
  name: 'partners',
  columns: [
    required('partner_id', identifier),
    required('name', text),
    mayBeEmpty('email', text, `''`),
    required('type', oneOf('referral', 'reseller', 'distributor')),
    optional('programs', listOf('affiliate', 'solution', 'expert'), `'{}'`),
    optional('uuid', uuid, UUID_DEFAULT),
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
  rules: [
    {
      column: 'uuid',
      expected: 'a UUID that no other partner has',
      broken: `exists (select from partners o where o.account_id = $1 and o.partner_id <> s.partner_id and o.uuid = ${UUID})`,
    },
    {
      column: 'uuid',
      expected: 'a UUID that no other row has',
      broken: `exists (select from staged o where o.line < s.line and o.partner_id <> s.partner_id
        and coalesce(o.uuid, o.uuid_default) = ${UUID})`,
    },
  ],
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
    required('paypal', text),
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
    optional('currency', currency),
    required('status', oneOf('pending', 'paid', 'rejected')),
    required('requested_at', instant),
    optional('acted_at', instant),
    optional('invoice_id', text),
    optional('paypal', text),
  ],
  key: ['withdrawal_id'],
  references: [refersTo('partners', 'partner_id')],
  currency: 'row',
}
