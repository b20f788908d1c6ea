import { bigInteger, decimal, integer, money } from '../cells/numbers.ts'
import { currency, identifier, oneOf, text } from '../cells/text.ts'
import { date, instant } from '../cells/time.ts'
import { type FactTable, fixedOnce, optional, refersTo, required } from '../table.ts'

export const agents: FactTable = {
  name: 'agents',
  columns: [
    required('agent_id', bigInteger()),
    required('name', text),
    optional('email', text),
    optional('avatar_url', text),
  ],
  key: ['agent_id'],
}

export const funnels: FactTable = {
  name: 'funnels',
  columns: [required('funnel_id', bigInteger()), required('name', text)],
  key: ['funnel_id'],
}

export const stages: FactTable = {
  name: 'stages',
  columns: [
    required('funnel_id', bigInteger()),
    required('stage_id', bigInteger()),
    required('name', text),
    required('position', integer()),
  ],
  key: ['funnel_id', 'stage_id'],
  references: [refersTo('funnels', 'funnel_id')],
}

export const deals: FactTable = {
  name: 'deals',
  columns: [
    required('deal_id', identifier),
    required('funnel_id', bigInteger()),
    required('stage_id', bigInteger()),
    optional('agent_id', bigInteger()),
    optional('partner_id', identifier),
    required('value', money('not negative')),
    fixedOnce(optional('currency', currency)),
    required('status', oneOf('open', 'won', 'lost')),
    required('created_at', instant),
    optional('closed_at', instant),
  ],
  key: ['deal_id'],
  references: [
    refersTo('funnels', 'funnel_id'),
    { columns: ['funnel_id', 'stage_id'], table: 'stages', within: 'funnels' },
    refersTo('agents', 'agent_id'),
    refersTo('partners', 'partner_id'),
  ],
  currency: 'row',
  rules: [
    {
      column: 'closed_at',
      expected: 'an instant, as the deal is not open',
      broken: (value) => `${value('closed_at')} is null and s.status <> 'open'`,
    },
  ],
}

export const fxRates: FactTable = {
  name: 'fx_rates',
  columns: [required('currency', currency), required('date', date), required('rate', decimal('positive'))],
  key: ['currency', 'date'],
}
