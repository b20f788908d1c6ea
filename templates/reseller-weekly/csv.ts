import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { ResellerLicense, ResellerWeekly } from './view.ts'

const text = (name: string, key: keyof ResellerLicense): Column<ResellerLicense> => ({
  name,
  kind: 'text',
  value: (license) => license[key],
})
const number = (name: string, key: keyof ResellerLicense): Column<ResellerLicense> => ({
  ...text(name, key),
  kind: 'number',
})

/** The columns of the program's own licence CSV. */
const COLUMNS: readonly Column<ResellerLicense>[] = [
  text('License ID', 'license_id'),
  text('Managed by', 'managed_by'),
  text('Status', 'status'),
  text('Client name', 'client_name'),
  text('Client email', 'client_email'),
  text('Client identifier', 'client_identifier'),
  text('Created', 'created'),
  text('Product', 'product'),
  text('Credit card', 'credit_card'),
  text('Card problem', 'card_problem'),
  number('Commission level', 'commission_level'),
  number('Discount level', 'discount_level'),
  number('Total earnings', 'total_earnings'),
  number('Total savings', 'total_savings'),
]

/** The licences of the week, as the program's licence CSV has them (docs/definitions.md, Statements). */
export const resellerWeeklyCsv = ({ rows = [] }: ResellerWeekly): readonly CsvFile[] => [
  { suffix: '', ...writeCsv(COLUMNS, rows) },
]
