import { signOf } from '../decimal.ts'
import { formatDateTime } from '../format.ts'
import { type Notation, notationOf } from '../pdf/notation.ts'
import type { Flow } from '../pdf/page/flow.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { lists } from '../pdf/parts/lists.ts'
import { table } from '../pdf/parts/table.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import { type OrganizationUsage, type Quantity, type UsageReconciliation, VERDICTS, type Verdict } from './view.ts'

const NAMES: Record<Verdict, string> = {
  usage_missing: 'Usage missing',
  invoice_missing: 'Invoice missing',
  over_invoiced: 'Over-invoiced',
  under_invoiced: 'Under-invoiced',
  credits_differ: 'Credits differ',
  matched: 'Matched',
}

/** Metered against invoiced on paper: exceptions first, then what matches, then late and conflicting events. */
export function usageReconciliationPdf(statement: UsageReconciliation, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Usage reconciliation', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement, notation)
    const { rows = [] } = statement
    const exceptions = rows.filter((row) => row.verdict !== 'matched')
    const matched = rows.filter((row) => row.verdict === 'matched')
    await organizations(
      flow,
      'Exceptions',
      exceptions,
      'Every organisation matches: nothing is over- or under-invoiced.',
      notation,
    )
    await organizations(flow, 'Matched', matched, 'No organisation matches.', notation)
    await lateEvents(flow, statement, notation)
    await conflicts(flow, statement, notation)
  })
}

function headlines(flow: Flow, { figures }: UsageReconciliation, { count, money }: Notation): void {
  const exceptions = figures.organizations - figures.verdicts.matched
  tiles(flow, [
    {
      label: 'Organisations',
      value: count(figures.organizations),
      note: exceptions === 0 ? 'all match' : `${count(exceptions)} with an exception`,
    },
    { label: 'Quantity metered', value: count(figures.quantity), note: `${count(figures.events)} events` },
    {
      label: 'Quantity invoiced',
      value: count(figures.invoiced_quantity),
      note: `difference ${signed(figures.difference_quantity, count)}`,
    },
    {
      label: 'Amount invoiced',
      value: money(figures.invoiced_amount),
      note: `credits used ${count(figures.credits_used)}`,
    },
  ])
  lists(flow, [
    {
      title: 'Verdicts',
      items: VERDICTS.map((verdict) => ({ label: NAMES[verdict], value: count(figures.verdicts[verdict] ?? 0) })),
    },
    {
      title: 'Differences',
      items: [
        { label: 'Invoiced − metered', value: signed(figures.difference_quantity, count), strong: true },
        { label: 'Credits used − metered', value: signed(figures.difference_credits, count), strong: true },
        { label: 'Late events', value: count(figures.late_events) },
        { label: 'Conflicting events', value: count(figures.conflicts) },
      ],
    },
  ])
}

async function organizations(
  flow: Flow,
  name: string,
  rows: readonly OrganizationUsage[],
  none: string,
  { count, money }: Notation,
): Promise<void> {
  heading(flow, name)
  if (rows.length === 0) return paragraph(flow, none, { muted: true })
  await table(flow, {
    columns: [
      { title: 'Name', text: (row) => row.name, lines: 3 },
      { title: 'ID', text: (row) => row.organization_id },
      {
        title: 'Verdict',
        text: (row) => NAMES[row.verdict] ?? row.verdict,
        bold: (row) => row.verdict !== 'matched',
        whole: true,
      },
      { title: 'Events', text: (row) => count(row.events), number: true },
      { title: 'Metered', text: (row) => count(row.quantity), number: true },
      { title: 'Invoiced', text: (row) => count(row.invoiced_quantity), number: true },
      { title: 'Difference', text: (row) => signed(row.difference_quantity, count), number: true },
      { title: 'Credits used', text: (row) => count(row.credits_used), number: true },
      { title: 'Credits difference', text: (row) => signed(row.difference_credits, count), number: true },
      { title: 'Late', text: (row) => count(row.late_events), number: true },
      { title: 'Conflicts', text: (row) => count(row.conflicts), number: true },
      { title: 'Amount', text: (row) => money(row.amount), number: true },
    ],
    rows,
  })
}

async function lateEvents(
  flow: Flow,
  { figures, account }: UsageReconciliation,
  { count, locale }: Notation,
): Promise<void> {
  if (figures.late.length === 0) return
  heading(flow, 'Late events')
  paragraph(flow, listed(figures.late.length, figures.late_events, 'received after the period and its grace', count), {
    muted: true,
  })
  const at = (iso: string) => formatDateTime(iso, account.time_zone, locale)
  await table(flow, {
    columns: [
      { title: 'Event', text: (event) => event.event_id },
      { title: 'Name', text: (event) => event.organization_id },
      { title: 'Occurred', text: (event) => at(event.occurred_at) },
      { title: 'Received', text: (event) => at(event.received_at) },
      { title: 'Quantity', text: (event) => count(event.quantity), number: true },
    ],
    rows: figures.late,
  })
}

async function conflicts(
  flow: Flow,
  { figures, account }: UsageReconciliation,
  { count, locale }: Notation,
): Promise<void> {
  if (figures.conflicting.length === 0) return
  heading(flow, 'Conflicting events')
  paragraph(
    flow,
    listed(
      figures.conflicting.length,
      figures.conflicts,
      'whose later message says otherwise; the first one counts',
      count,
    ),
    { muted: true },
  )
  await table(flow, {
    columns: [
      { title: 'Event', text: (event) => event.event_id },
      { title: 'Name', text: (event) => event.organization_id },
      { title: 'Later: received', text: (event) => formatDateTime(event.received_at, account.time_zone, locale) },
      { title: 'Counted', text: (event) => count(event.quantity), number: true },
      { title: 'Later: quantity', text: (event) => count(event.other_quantity), number: true },
    ],
    rows: figures.conflicting,
  })
}

const signed = (quantity: Quantity, count: Notation['count']): string =>
  signOf(String(quantity)) > 0 ? `+${count(quantity)}` : count(quantity)

const listed = (shown: number, all: number, what: string, count: Notation['count']): string =>
  shown < all ? `${count(all)} events ${what}. The first ${count(shown)} of them:` : `${count(all)} events ${what}.`
