import { funnelChart } from '../chart/funnel.ts'
import { headline, type Notation, notationOf } from '../pdf/notation.ts'
import { type Flow, FULL_WIDTH } from '../pdf/page/flow.ts'
import { figure } from '../pdf/parts/figure.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { table } from '../pdf/parts/table.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import type { PartnerLeaderboard } from './view.ts'

const CHARTED = 10

/** The leaderboard on paper: totals beside those of the period before, the leaders drawn, every partner listed. */
export function partnerLeaderboardPdf(statement: PartnerLeaderboard, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Partner leaderboard', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement, notation)
    leaders(flow, statement, notation)
    await everyone(flow, statement, notation)
  })
}

function headlines(flow: Flow, { figures }: PartnerLeaderboard, notation: Notation): void {
  const { totals, previous, change_percent: change } = figures
  const { money, count, percent } = notation
  const before = previous.totals
  tiles(
    flow,
    [
      headline(notation, 'Revenue', money(totals.revenue), money(before.revenue), change.revenue),
      headline(
        notation,
        'Open pipeline',
        money(totals.open_pipeline),
        money(before.open_pipeline),
        change.open_pipeline,
      ),
      headline(notation, 'Deals won', count(totals.won_deals), count(before.won_deals), change.won_deals),
      { label: 'Win rate', value: percent(totals.win_rate), note: `previous ${percent(before.win_rate)}` },
      headline(notation, 'Leads', count(totals.total_leads), count(before.total_leads), change.total_leads),
      {
        label: 'Lead conversion',
        value: percent(totals.conversion_rate),
        note: `previous ${percent(before.conversion_rate)}`,
      },
    ],
    3,
  )
}

function leaders(flow: Flow, { figures, currency }: PartnerLeaderboard, { money }: Notation): void {
  const top = figures.partners.filter((partner) => Number(partner.revenue) > 0).slice(0, CHARTED)
  if (top.length === 0) return
  const chart = funnelChart(
    top.map((partner) => ({ label: partner.name, value: Number(partner.revenue), text: money(partner.revenue) })),
    { width: FULL_WIDTH },
    {
      description: `Bar chart of revenue in ${currency}: ${top.map(({ name, revenue }) => `${name} ${money(revenue)}`).join(', ')}`,
    },
  )
  heading(flow, 'Leaders by revenue', chart.height)
  figure(flow, chart)
  flow.y += chart.height + 6
}

async function everyone(
  flow: Flow,
  { figures }: PartnerLeaderboard,
  { money, count, percent }: Notation,
): Promise<void> {
  heading(flow, 'Every partner')
  if (figures.partners.length === 0) return paragraph(flow, 'The account has no partner.', { muted: true })
  const before = new Map(figures.previous.partners.map((partner) => [partner.uuid, partner]))
  const rows = figures.partners.map((partner, i) => ({ ...partner, rank: i + 1 }))
  const { totals, previous } = figures
  await table(flow, {
    columns: [
      { title: '#', text: (row) => count(row.rank), number: true },
      { title: 'Partner', text: (row) => row.name },
      { title: 'Revenue', text: (row) => money(row.revenue), number: true },
      { title: 'Previous revenue', text: (row) => money(before.get(row.uuid)?.revenue ?? null), number: true },
      { title: 'Open pipeline', text: (row) => money(row.open_pipeline), number: true },
      { title: 'Deals', text: (row) => count(row.total_deals), number: true },
      { title: 'Won', text: (row) => count(row.won_deals), number: true },
      { title: 'Win rate', text: (row) => percent(row.win_rate), number: true },
      { title: 'Average deal', text: (row) => money(row.avg_deal_value), number: true },
      { title: 'Leads', text: (row) => count(row.total_leads), number: true },
      { title: 'Converted', text: (row) => count(row.converted_leads), number: true },
      { title: 'Lead rate', text: (row) => percent(row.conversion_rate), number: true },
    ],
    rows,
    total: [
      '',
      'All partners',
      money(totals.revenue),
      money(previous.totals.revenue),
      money(totals.open_pipeline),
      count(totals.total_deals),
      count(totals.won_deals),
      percent(totals.win_rate),
      money(totals.avg_deal_value),
      count(totals.total_leads),
      count(totals.converted_leads),
      percent(totals.conversion_rate),
    ],
  })
}
