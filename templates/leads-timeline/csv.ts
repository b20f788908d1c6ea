import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { LeadMonth, LeadsTimeline } from './view.ts'

const COLUMNS: readonly Column<LeadMonth>[] = [
  { name: 'month', kind: 'text', value: ({ label }) => label },
  { name: 'total', kind: 'number' },
  { name: 'received', kind: 'number' },
  { name: 'sent', kind: 'number' },
  { name: 'converted', kind: 'number' },
  { name: 'rejected', kind: 'number' },
  { name: 'pending', kind: 'number' },
]

/** The months, none left out. */
export const leadsTimelineCsv = ({ figures }: LeadsTimeline): readonly CsvFile[] => [
  { suffix: '', ...writeCsv(COLUMNS, figures.months) },
]
