import { timelineChart } from '../chart/timeline.ts'
import { type Notation, notationOf } from '../pdf/notation.ts'
import { type Flow, FULL_WIDTH } from '../pdf/page/flow.ts'
import { figure } from '../pdf/parts/figure.ts'
import { heading } from '../pdf/parts/heading.ts'
import { table } from '../pdf/parts/table.ts'
import { monthMedium, monthShort, tickLabel } from '../pdf/parts/ticks.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import type { LeadCounts, LeadsTimeline } from './view.ts'

const CHART = { width: FULL_WIDTH, height: 170 }

/** Leads over the months on paper: drawn, then in numbers. */
export function leadsTimelinePdf(statement: LeadsTimeline, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Leads timeline', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement.figures.totals, notation)
    timeline(flow, statement, notation)
    await months(flow, statement, notation)
  })
}

function headlines(flow: Flow, totals: LeadCounts, { count }: Notation): void {
  tiles(flow, [
    { label: 'Leads', value: count(totals.total) },
    { label: 'Received', value: count(totals.received), note: `sent ${count(totals.sent)}` },
    { label: 'Converted', value: count(totals.converted), note: `rejected ${count(totals.rejected)}` },
    { label: 'Pending', value: count(totals.pending) },
  ])
}

function timeline(flow: Flow, { figures: { months: all } }: LeadsTimeline, { locale, count }: Notation): void {
  if (all.length === 0) return
  heading(flow, 'Leads by month', CHART.height)
  const chart = timelineChart(
    all.map(({ label }) => monthShort(label, locale)),
    [
      { name: 'Total', tone: 'series', values: all.map((month) => month.total) },
      { name: 'Received', tone: 'second', values: all.map((month) => month.received) },
      { name: 'Converted', tone: 'third', values: all.map((month) => month.converted) },
    ],
    CHART,
    {
      tick: (value) => tickLabel(value, locale),
      description: `Line chart of leads by month: ${all.map((month) => `${month.label} ${count(month.total)} leads, ${count(month.converted)} converted`).join('; ')}`,
    },
  )
  figure(flow, chart)
  flow.y += CHART.height + 6
}

async function months(flow: Flow, { figures }: LeadsTimeline, { locale, count }: Notation): Promise<void> {
  heading(flow, 'In numbers')
  const { totals } = figures
  const counts = ['total', 'received', 'sent', 'converted', 'rejected', 'pending'] as const
  await table(flow, {
    columns: [
      { title: 'Month', text: (month) => monthMedium(month.label, locale) },
      ...counts.map((key) => ({
        title: key[0]?.toUpperCase() + key.slice(1),
        text: (month: LeadCounts) => count(month[key]),
        number: true,
      })),
    ],
    rows: figures.months,
    total: ['All months', ...counts.map((key) => count(totals[key]))],
  })
}
