import { money } from '../cells/numbers.ts'
import { identifier, oneOf, text } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, optional, refersTo, required } from '../table.ts'

export const leads: FactTable = {
  name: 'leads',
  columns: [
    required('lead_id', identifier),
    required('partner_id', identifier),
    required('direction', oneOf('received', 'sent')),
    required('status', oneOf('pending', 'converted', 'rejected')),
    required('company_name', text),
    optional('contact_email', text),
    required('created_at', instant),
    optional('closed_at', instant),
    optional('external_lead_id', text),
    optional('fee_amount', money('not negative')),
    optional('domain', text),
    optional('first_name', text),
    optional('last_name', text),
    optional('region', text),
    optional('job_title', text),
    optional('phone_number', text),
    optional('description', text),
    optional('updated_at', instant),
  ],
  key: ['lead_id'],
  references: [refersTo('partners', 'partner_id')],
  currency: 'account',
}

export const leadEvents: FactTable = {
  name: 'lead_events',
  columns: [required('lead_id', identifier), required('name', identifier), required('created_at', instant)],
  key: ['lead_id', 'name', 'created_at'],
  references: [refersTo('leads', 'lead_id')],
  owner: { table: 'leads', key: 'lead_id' },
}
