import type { Notation } from '../pdf/notation.ts'
import type { Flow } from '../pdf/page/flow.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { type Column, table } from '../pdf/parts/table.ts'
import type { CommissionLine, MonthlySummary } from './view.ts'

/** Every commission line with the running sum carried from page to page; the last one is the headline's. */
export async function commissionLines(
  flow: Flow,
  statement: MonthlySummary,
  { money, count, date }: Notation,
): Promise<void> {
  const { rows = [], figures } = statement
  heading(flow, 'Commission lines')
  if (rows.length === 0) return paragraph(flow, 'No commission was earned in this period.', { muted: true })
  const columns: Column<CommissionLine>[] = [
    { title: 'Date', text: (row) => date(row.earned_at) },
    { title: 'Commission', text: (row) => row.commission_id },
    { title: 'Kind', text: (row) => row.kind },
    { title: 'Program', text: (row) => row.program },
    { title: 'Product', text: (row) => row.product },
    ...(rows.some((row) => row.license_id !== null)
      ? [{ title: 'Licence', text: (row: CommissionLine) => row.license_id ?? '–' }]
      : []),
    ...(rows.some((row) => row.campaign_id !== null)
      ? [{ title: 'Campaign', text: (row: CommissionLine) => `${row.campaign_id ?? '–'}` }]
      : []),
    { title: 'Amount', text: (row) => money(row.amount), number: true },
  ]
  const total = columns.map((_, i) =>
    i === 0 ? `Total of ${count(rows.length)} lines` : i === columns.length - 1 ? money(figures.commission.total) : '',
  )
  await table(flow, { columns, rows, total, carry: { amount: (row) => row.amount, show: money } })
}
