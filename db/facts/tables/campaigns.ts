import { bigInteger, integer } from '../cells/numbers.ts'
import { boolean, identifier, text } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, fixedOnce, optional, refersTo, required } from '../table.ts'

export const coupons: FactTable = {
  name: 'coupons',
  columns: [
    required('coupon_id', bigInteger()),
    required('partner_id', identifier),
    required('label', text),
    optional('active', boolean, 'true'),
  ],
  key: ['coupon_id'],
  references: [refersTo('partners', 'partner_id')],
}

export const campaigns: FactTable = {
  name: 'campaigns',
  columns: [
    required('campaign_id', bigInteger()),
    required('partner_id', identifier),
    required('product', text),
    required('name', text),
    optional('slug', text),
    optional('link', text),
    optional('region', text),
    optional('trial_duration', integer({ min: 0 })),
    optional('coupon_id', bigInteger()),
    optional('active', boolean, 'true'),
    optional('is_default', boolean, 'false'),
    required('created_at', instant),
  ],
  key: ['campaign_id'],
  references: [refersTo('partners', 'partner_id'), refersTo('coupons', 'coupon_id')],
}

/**
 * Counts of one campaign and instant inside one file add up (load/store.ts). In a file without the column each line is a click: an
 * instant may have got more of them since, and what was counted otherwise is not lowered.
 */
export const clicks: FactTable = {
  name: 'clicks',
  columns: [
    required('campaign_id', bigInteger()),
    required('occurred_at', instant),
    fixedOnce(optional('clicks', bigInteger({ min: 0, max: 1e12 }), '1'), 'greatest(t.clicks, s.clicks)'),
  ],
  key: ['campaign_id', 'occurred_at'],
  month: 'occurred_at',
  references: [refersTo('campaigns', 'campaign_id')],
  owner: { table: 'campaigns', key: 'campaign_id' },
}
