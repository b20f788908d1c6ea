import { decimal, money } from '../cells/numbers.ts'
import { currency, identifier, oneOf, text } from '../cells/text.ts'
import { date, instant } from '../cells/time.ts'
import { type FactTable, fixedOnce, optional, refersTo, required } from '../table.ts'

const owner = { table: 'organizations', key: 'organization_id' }

export const organizations: FactTable = {
  name: 'organizations',
  columns: [
    required('organization_id', identifier),
    required('partner_id', identifier),
    required('name', text),
    optional('external_id', text),
    required('status', oneOf('active', 'suspended', 'closed')),
    required('created_at', instant),
  ],
  key: ['organization_id'],
  references: [refersTo('partners', 'partner_id')],
}

/**
 * The first payload of an event wins, a different one is kept as a conflict (load/usage-events.ts). Its id is its organisation's:
 * these number their events themselves, and partners must hear nothing of each other's.
 */
export const usageEvents: FactTable = {
  name: 'usage_events',
  columns: [
    required('event_id', identifier),
    required('organization_id', identifier),
    required('kind', text),
    required('quantity', decimal()),
    required('occurred_at', instant),
    optional('received_at', instant, 's.occurred_at'),
  ],
  key: ['organization_id', 'event_id'],
  month: 'occurred_at',
  keys: 'usage_event_keys',
  beside: 'usage_event_conflicts',
  references: [refersTo('organizations', 'organization_id')],
  owner,
}

export const creditEntries: FactTable = {
  name: 'credit_entries',
  columns: [
    required('entry_id', identifier),
    required('partner_id', identifier),
    optional('organization_id', identifier),
    required('amount', decimal()),
    optional('reason', text),
    required('occurred_at', instant),
  ],
  key: ['entry_id'],
  references: [refersTo('partners', 'partner_id'), refersTo('organizations', 'organization_id')],
}

export const usageInvoices: FactTable = {
  name: 'usage_invoices',
  columns: [
    required('invoice_id', identifier),
    required('organization_id', identifier),
    required('period_start', date),
    required('period_end', date),
    required('quantity', decimal()),
    required('amount', money()),
    fixedOnce(optional('currency', currency)),
    required('issued_at', instant),
  ],
  key: ['invoice_id'],
  references: [refersTo('organizations', 'organization_id')],
  owner,
  currency: 'row',
  rules: [
    { column: 'period_end', expected: 'a date not before period_start', broken: 's.period_end < s.period_start' },
  ],
}
