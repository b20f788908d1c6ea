import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { CommissionLine, MonthlySummary } from './view.ts'

const COLUMNS: readonly Column<CommissionLine>[] = [
  { name: 'commission_id', kind: 'text' },
  { name: 'earned_at', kind: 'text' },
  { name: 'kind', kind: 'text' },
  { name: 'program', kind: 'text' },
  { name: 'product', kind: 'text' },
  { name: 'license_id', kind: 'text' },
  { name: 'campaign_id', kind: 'number' },
  { name: 'amount', kind: 'number' },
  { name: 'currency', kind: 'text' },
]

/** The commission lines (docs/definitions.md, Statements); their amounts add up to the statement's commission. */
export const monthlySummaryCsv = ({ rows = [] }: MonthlySummary): readonly CsvFile[] => [
  { suffix: '', ...writeCsv(COLUMNS, rows) },
]
