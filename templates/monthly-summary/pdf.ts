import { barChart } from '../chart.ts'
import { formatChange, formatCount, formatDate, formatMoney, formatPercent } from '../format.ts'
import { type Flow, FULL_WIDTH, SHEET } from '../pdf/page/flow.ts'
import { figure } from '../pdf/parts/figure.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { type Item, itemRows, lists } from '../pdf/parts/lists.ts'
import { type Column, table } from '../pdf/parts/table.ts'
import { monthMedium, monthShort, tickLabel } from '../pdf/parts/ticks.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import type { CommissionLine, MonthlySummary } from './view.ts'

/** How this statement writes its numbers. */
interface Notation {
  readonly money: (amount: string) => string
  readonly count: (count: number) => string
}

/** The monthly summary on paper (SPEC 5, 10): headlines, balance, twelve months, shares, and every commission line. */
export function monthlySummaryPdf(statement: MonthlySummary, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Monthly summary', dress, async (flow) => {
    const notation = {
      money: (amount: string) => formatMoney(amount, statement.currency, flow.locale),
      count: (count: number) => formatCount(count, flow.locale),
    }
    headlines(flow, statement, notation)
    balance(flow, statement, notation)
    twelveMonths(flow, statement, notation)
    commissionShares(flow, statement, notation)
    activity(flow, statement, notation)
    await bestCampaigns(flow, statement, notation)
    await commissionLines(flow, statement, notation)
  })
}

function headlines(flow: Flow, { figures }: MonthlySummary, { money, count }: Notation): void {
  const { commission, balance: held, affiliate, leads } = figures
  const change = commission.change_percent
  tiles(flow, [
    {
      label: 'Commission',
      value: money(commission.total),
      change: formatChange(change, flow.locale),
      tone: change === null || change === 0 ? 'even' : change > 0 ? 'good' : 'bad',
      note: `previous ${money(commission.previous)}`,
    },
    {
      label: 'Available balance',
      value: money(held.available),
      note: `lifetime commission ${money(commission.lifetime)}`,
    },
    {
      label: 'Conversions',
      value: count(affiliate.conversions),
      note: `${count(affiliate.trials)} trials · ${formatPercent(affiliate.conversion_rate, flow.locale)}`,
    },
    {
      label: 'Leads',
      value: count(leads.total),
      note: `${count(leads.converted)} converted · ${count(leads.pending)} pending`,
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

function commissionShares(flow: Flow, { figures }: MonthlySummary, { money }: Notation): void {
  const { by_program, by_product } = figures.commission
  const total = { label: 'Total', value: money(figures.commission.total), strong: true }
  const itemsOf = (shares: Readonly<Record<string, string>>): Item[] => [
    ...Object.entries(shares).map(([label, amount]) => ({ label, value: money(amount) })),
    total,
  ]
  lists(flow, [
    { title: 'Commission by program', items: itemsOf(by_program) },
    { title: 'Commission by product', items: itemsOf(by_product) },
  ])
}

function activity(flow: Flow, { figures }: MonthlySummary, { money, count }: Notation): void {
  const { affiliate, licenses, leads, referred_partners: referred } = figures
  lists(flow, [
    {
      title: 'Affiliate program',
      items: [
        { label: 'Clicks', value: count(affiliate.clicks) },
        { label: 'Trials', value: count(affiliate.trials) },
        { label: 'Conversions', value: count(affiliate.conversions) },
        { label: 'Conversion rate', value: formatPercent(affiliate.conversion_rate, flow.locale) },
        { label: 'Earnings', value: money(affiliate.earnings), strong: true },
      ],
    },
    {
      title: 'Licences and referrals',
      items: [
        { label: 'New licences', value: count(licenses.created) },
        { label: 'Converted', value: count(licenses.converted) },
        { label: 'Expired', value: count(licenses.expired) },
        { label: 'Discount', value: money(licenses.discount) },
        { label: 'Referred partners', value: count(referred.count) },
        { label: 'Their commission', value: money(referred.commission), strong: true },
      ],
    },
    {
      title: 'Leads',
      items: [
        { label: 'Received', value: count(leads.received) },
        { label: 'Sent', value: count(leads.sent) },
        { label: 'Converted', value: count(leads.converted) },
        { label: 'Rejected', value: count(leads.rejected) },
        { label: 'Pending', value: count(leads.pending) },
        { label: 'Total', value: count(leads.total), strong: true },
      ],
    },
  ])
}

async function bestCampaigns(flow: Flow, { figures }: MonthlySummary, { money, count }: Notation): Promise<void> {
  if (figures.best_campaigns.length === 0) return
  heading(flow, 'Best campaigns', 16 * figures.best_campaigns.length + 20)
  await table(flow, {
    columns: [
      { title: 'Campaign', text: (campaign) => campaign.name },
      { title: 'Product', text: (campaign) => campaign.product },
      { title: 'Clicks', text: (campaign) => count(campaign.clicks), number: true },
      { title: 'Trials', text: (campaign) => count(campaign.trials), number: true },
      { title: 'Conversions', text: (campaign) => count(campaign.conversions), number: true },
      { title: 'Earnings', text: (campaign) => money(campaign.earnings), number: true },
    ],
    rows: figures.best_campaigns,
  })
}

async function commissionLines(flow: Flow, statement: MonthlySummary, { money, count }: Notation): Promise<void> {
  const { rows = [], figures, account } = statement
  heading(flow, 'Commission lines')
  if (rows.length === 0) return paragraph(flow, 'No commission was earned in this period.', { muted: true })
  const columns: Column<CommissionLine>[] = [
    { title: 'Date', text: (row) => formatDate(row.earned_at, account.time_zone, flow.locale) },
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
