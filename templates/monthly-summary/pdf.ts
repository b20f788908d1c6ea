import { barChart } from '../chart/bars.ts'
import { headline, type Notation, notationOf } from '../pdf/notation.ts'
import { type Flow, FULL_WIDTH, SHEET } from '../pdf/page/flow.ts'
import { figure } from '../pdf/parts/figure.ts'
import { heading } from '../pdf/parts/heading.ts'
import { itemRows, lists } from '../pdf/parts/lists.ts'
import { monthMedium, monthShort, tickLabel } from '../pdf/parts/ticks.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import { dotted } from '../pdf/text/clean.ts'
import type { Dress } from '../statement.ts'
import { activity, bestCampaigns, commissionShares } from './pdf-activity.ts'
import { commissionLines } from './pdf-lines.ts'
import type { MonthlySummary } from './view.ts'

/** The monthly summary on paper: headlines, balance, twelve months, shares, and every commission line. */
export function monthlySummaryPdf(statement: MonthlySummary, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Monthly summary', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement, notation)
    balance(flow, statement, notation)
    twelveMonths(flow, statement, notation)
    await commissionShares(flow, statement, notation)
    activity(flow, statement, notation)
    await bestCampaigns(flow, statement, notation)
    await commissionLines(flow, statement, notation)
  })
}

function headlines(flow: Flow, { figures }: MonthlySummary, notation: Notation): void {
  const { commission, balance: held, affiliate, leads } = figures
  const { money, count, percent } = notation
  const previous = money(commission.previous)
  tiles(flow, [
    headline(notation, 'Commission', money(commission.total), previous, commission.change_percent),
    {
      label: 'Available balance',
      value: money(held.available),
      note: `lifetime commission ${money(commission.lifetime)}`,
    },
    {
      label: 'Conversions',
      value: count(affiliate.conversions),
      note: dotted([`${count(affiliate.trials)} trials`, percent(affiliate.conversion_rate)]),
    },
    {
      label: 'Leads',
      value: count(leads.total),
      note: dotted([`${count(leads.converted)} converted`, `${count(leads.pending)} pending`]),
    },
  ])
}

function balance(flow: Flow, { figures }: MonthlySummary, { money }: Notation): void {
  const { opening, earned, withdrawn, closing, available, pending, blocked } = figures.balance
  lists(flow, [
    {
      title: 'Balance',
      items: [
        { label: 'Opening balance', value: money(opening) },
        { label: '+ earned', value: money(earned) },
        { label: '− withdrawn', value: money(withdrawn) },
        { label: 'Closing balance', value: money(closing), strong: true },
      ],
    },
    {
      title: 'Of the closing balance',
      items: [
        { label: 'Available', value: money(available), strong: true },
        { label: 'Pending', value: money(pending) },
        { label: 'Blocked', value: money(blocked) },
      ],
    },
  ])
}

function twelveMonths(flow: Flow, { figures, currency }: MonthlySummary, { money }: Notation): void {
  const months = figures.commission_by_month
  const height = 22 + months.length * 12
  heading(flow, 'Commission of twelve months', height)
  const chartWidth = FULL_WIDTH * 0.66
  const size = { width: chartWidth, height: Math.max(100, months.length * 12) }
  const chart = barChart(
    months.map(({ month, total }) => ({ label: monthShort(month, flow.locale), value: Number(total) })),
    size,
    {
      tick: (value) => tickLabel(value, flow.locale),
      description: `Bar chart of commission in ${currency} by month: ${months.map(({ month, total }) => `${month} ${money(total)}`).join(', ')}`,
      emphasizeLast: true,
    },
  )
  const top = flow.y
  figure(flow, chart)
  const items = months.map(({ month, total }) => ({ label: monthMedium(month, flow.locale), value: money(total) }))
  itemRows(flow, items, SHEET.left + chartWidth + 18, FULL_WIDTH - chartWidth - 18, 12)
  flow.y = top + size.height + 8
}
