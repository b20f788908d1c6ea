import { bigInteger, money } from '../cells/numbers.ts'
import {
  address,
  boolean,
  currency,
  identifier,
  listOf,
  locale,
  oneOf,
  receiver,
  text,
  timeZone,
  uuid,
} from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, fixedOnce, heldWhere, mayBeEmpty, optional, refersTo, required } from '../table.ts'
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
    // wishes: an empty cell is none
    fixedOnce(optional('send_monthly_summary', boolean, 'true')),
    fixedOnce(optional('send_reseller_weekly_summary', boolean, 'true')),
    fixedOnce(optional('send_newsletter', boolean, 'true')),
    fixedOnce(optional('send_notifications', boolean, 'true')),
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
    required('paypal', receiver),
    optional('zip_code', text),
    optional('vat', text),
    optional('state', text),
  ],
  key: ['partner_id'],
  references: [refersTo('partners', 'partner_id')],
  edited: true,
}

/** What a file of the program need not repeat of a request that was made here, or knows by the second only. */
const OF_THE_REQUEST = '(c.before).made_here'

export const withdrawals: FactTable = {
  name: 'withdrawals',
  columns: [
    required('withdrawal_id', bigInteger()),
    required('partner_id', identifier),
    required('amount', money('positive')),
    fixedOnce(optional('currency', currency)),
    required('status', oneOf('pending', 'paid', 'rejected')),
    heldWhere(OF_THE_REQUEST, required('requested_at', instant)),
    optional('acted_at', instant),
    heldWhere(`${OF_THE_REQUEST} and c.invoice_id is null`, optional('invoice_id', text)),
    heldWhere(`${OF_THE_REQUEST} and c.paypal is null`, optional('paypal', receiver)),
  ],
  key: ['withdrawal_id'],
  references: [refersTo('partners', 'partner_id')],
  currency: 'row',
  logged: true,
  ours: { marked: 'made_here', agree: ['partner_id', 'amount', 'currency'] },
  rules: [
    {
      column: 'withdrawal_id',
      expected: 'a number below 8000000000000000, or that of a request that was made here',
      broken: 's.withdrawal_id >= 8000000000000000 and t.withdrawal_id is null',
    },
    {
      column: 'invoice_id',
      expected: 'an invoice of its own: a request that was made here has this one, under its own number',
      broken: `exists (select from withdrawals o where o.account_id = $1 and o.partner_id = s.partner_id and o.made_here
        and o.withdrawal_id >= 8000000000000000 and o.withdrawal_id <> s.withdrawal_id and o.invoice_id = s.invoice_id)`,
    },
  ],
}
