import { formatPercent } from '../format.ts'
import { headline, type Notation, notationOf } from '../pdf/notation.ts'
import type { Flow } from '../pdf/page/flow.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { table } from '../pdf/parts/table.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import type { ResellerWeekly } from './view.ts'

/** The reseller's week on paper: what happened to the licences, then each of them. */
export function resellerWeeklyPdf(statement: ResellerWeekly, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Reseller weekly summary', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement, notation)
    await licences(flow, statement, notation)
  })
}

function headlines(flow: Flow, { figures }: ResellerWeekly, notation: Notation): void {
  const { previous, change_percent: change } = figures
  const { count, money } = notation
  tiles(
    flow,
    [
      headline(notation, 'New licences', count(figures.created), count(previous.created), change.created),
      headline(notation, 'Converted', count(figures.converted), count(previous.converted), change.converted),
      headline(notation, 'Expired', count(figures.expired), count(previous.expired), change.expired, { less: true }),
      headline(
        notation,
        'Expiring within 14 days',
        count(figures.expiring_soon),
        count(previous.expiring_soon),
        change.expiring_soon,
        { less: true },
      ),
      headline(notation, 'Commission', money(figures.commission), money(previous.commission), change.commission),
      headline(notation, 'Discount', money(figures.discount), money(previous.discount), change.discount),
    ],
    3,
  )
}

async function licences(flow: Flow, { rows = [] }: ResellerWeekly, { money, date, locale }: Notation): Promise<void> {
  heading(flow, 'Licences')
  if (rows.length === 0)
    return paragraph(flow, 'No licence was created, converted or expired, and none expires soon.', { muted: true })
  const level = (percent: string) => (percent === '' ? '–' : formatPercent(Number(percent), locale))
  await table(flow, {
    columns: [
      { title: 'Licence', text: (row) => row.license_id },
      { title: 'Client', text: (row) => row.client_name || row.client_email || '–' },
      { title: 'Product', text: (row) => row.product },
      { title: 'Status', text: (row) => row.status },
      { title: 'Managed by', text: (row) => row.managed_by || '–' },
      { title: 'Created', text: (row) => (row.created ? date(`${row.created.replace(' ', 'T')}Z`) : '–') },
      { title: 'Commission', text: (row) => level(row.commission_level), number: true },
      { title: 'Discount', text: (row) => level(row.discount_level), number: true },
      { title: 'Earnings to date', text: (row) => money(row.total_earnings), number: true },
      { title: 'Savings to date', text: (row) => money(row.total_savings), number: true },
    ],
    rows,
  })
}
