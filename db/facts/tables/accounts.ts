import { integer, money } from '../cells/numbers.ts'
import { color, currency, fileName, locale, mailbox, text, timeZone } from '../cells/text.ts'
import { date } from '../cells/time.ts'
import { type FactTable, fixedOnce, optional, required } from '../table.ts'

/** Tables whose amounts are reckoned in the account's currency, or compared with it. */
const HOLDING_MONEY = ['commissions', 'withdrawals', 'deals', 'usage_invoices', 'license_invoices', 'fx_rates']

const holdsMoney = [
  ...HOLDING_MONEY.map((table) => `exists (select from ${table} m where m.account_id = s.account_id)`),
  'exists (select from leads m where m.account_id = s.account_id and m.fee_amount is not null)',
  // a voided row may come back, with its amount
  `exists (select from voided_facts v where v.account_id = s.account_id and v.restored_at is null
    and v.table_name in ('leads', ${HOLDING_MONEY.map((table) => `'${table}'`).join(', ')}))`,
].join(' or ')

export const accounts: FactTable = {
  name: 'accounts',
  columns: [
    required('account_id', integer({ min: 1 })),
    required('name', text),
    required('timezone', timeZone),
    required('currency', currency),
    optional('locale', locale, `'en-US'`),
    optional('withdrawal_minimum', money('not negative'), '50'),
    optional('hold_days', integer({ min: 0, max: 36_500 }), '0'),
    optional('reply_to', mailbox),
    optional('brand_color', color),
    optional('logo_file', fileName),
    // The first local date in that zone, of an account that had another before; load/zones.ts keeps the ones before.
    fixedOnce(optional('timezone_from', date)),
  ],
  key: ['account_id'],
  currency: 'row',
  rules: [
    {
      column: 'currency',
      expected: 'the currency it has: the account holds amounts in it already',
      broken: `exists (select from accounts o where o.account_id = s.account_id and o.currency <> s.currency) and (${holdsMoney})`,
    },
  ],
}
