import { bigInteger, money } from '../cells/numbers.ts'
import { boolean, currency, identifier, oneOf, text } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, fixedOnce, optional, refersTo, required } from '../table.ts'

/** A hold of a day is 24 hours, whatever the clocks of the account do meanwhile. */
const AFTER_HOLD = 's.earned_at + make_interval(hours => 24 * a.hold_days)'
/** The hold is fixed with the row: of one that turns out to have been earned another day, the money waits as long. */
const SAME_HOLD = 't.available_at + (s.earned_at - t.earned_at)'

export const commissions: FactTable = {
  name: 'commissions',
  columns: [
    required('commission_id', identifier),
    required('partner_id', identifier),
    required('kind', oneOf('commission', 'referral', 'refund', 'adjustment', 'discount')),
    required('program', text),
    required('product', text),
    optional('license_id', identifier),
    optional('campaign_id', bigInteger()),
    optional('referred_partner_id', identifier),
    required('amount', money()),
    fixedOnce(optional('currency', currency)),
    required('earned_at', instant),
    fixedOnce(optional('available_at', instant, AFTER_HOLD), SAME_HOLD),
    optional('blocked', boolean, 'false'),
  ],
  key: ['commission_id'],
  month: 'earned_at',
  keys: 'commission_keys',
  references: [
    refersTo('partners', 'partner_id'),
    refersTo('licenses', 'license_id'),
    refersTo('campaigns', 'campaign_id'),
    refersTo('partners', 'referred_partner_id', 'partner_id'),
  ],
  currency: 'row',
  rules: [
    {
      column: 'amount',
      expected: 'an amount not above zero, as the kind is refund',
      broken: `s.kind = 'refund' and s.amount > 0`,
    },
    {
      column: 'amount',
      expected:
        'an amount not below zero, as the kind is commission or referral (what is taken back is a refund or an adjustment)',
      broken: `s.kind in ('commission', 'referral') and s.amount < 0`,
    },
  ],
  logged: true,
}
