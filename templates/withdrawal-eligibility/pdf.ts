import { addDecimals } from '../decimal.ts'
import { type Notation, notationOf } from '../pdf/notation.ts'
import type { Flow } from '../pdf/page/flow.ts'
import { heading, paragraph } from '../pdf/parts/heading.ts'
import { lists } from '../pdf/parts/lists.ts'
import { type Column, table } from '../pdf/parts/table.ts'
import { tiles } from '../pdf/parts/tiles.ts'
import { reportPdf } from '../pdf/report.ts'
import type { Dress } from '../statement.ts'
import { payoutNotes } from './payout-notes.ts'
import type { EligibilityRow, Reason, WithdrawalEligibility } from './view.ts'

const REASONS: Record<Reason, string> = {
  below_minimum: 'below the minimum',
  billing_missing: 'billing details missing',
  partner_blocked: 'partner blocked',
  withdrawal_pending: 'withdrawal pending',
  on_hold_until: 'on hold',
  negative_balance: 'negative balance',
}

/** Who can be paid out, on paper: the eligible first, then everyone else with every reason why not. */
export function withdrawalEligibilityPdf(statement: WithdrawalEligibility, dress: Dress): Promise<Uint8Array> {
  return reportPdf(statement, 'Withdrawal eligibility', dress, async (flow) => {
    const notation = notationOf(statement, flow.locale)
    headlines(flow, statement, notation)
    for (const note of payoutNotes(statement, notation)) paragraph(flow, `PayPal file: ${note}`)
    const { rows = [] } = statement
    const eligible = rows.filter((row) => row.eligible)
    const others = rows.filter((row) => !row.eligible)
    await partners(flow, 'Eligible', eligible, 'No partner can be paid out.', [], notation)
    const why: Column<EligibilityRow> = { title: 'Why not', text: (row) => reasonsOf(row, notation), lines: 9 }
    await partners(flow, 'Not eligible', others, 'Every partner can be paid out.', [why], notation)
  })
}

function headlines(flow: Flow, { figures }: WithdrawalEligibility, { count, money }: Notation): void {
  tiles(
    flow,
    [
      { label: 'Eligible partners', value: count(figures.eligible), note: `of ${count(figures.partners)} partners` },
      { label: 'To pay out', value: money(figures.eligible_amount), note: 'available to eligible partners' },
      { label: 'Available in all', value: money(figures.available), note: `pending ${money(figures.pending)}` },
    ],
    3,
  )
  lists(flow, [
    {
      title: 'All partners together',
      items: [
        { label: 'Total commission', value: money(figures.total) },
        { label: '− withdrawn', value: money(figures.withdrawn) },
        { label: '− blocked', value: money(figures.blocked) },
        { label: '− pending', value: money(figures.pending) },
        { label: 'Available', value: money(figures.available), strong: true },
      ],
    },
  ])
}

async function partners(
  flow: Flow,
  name: string,
  rows: readonly EligibilityRow[],
  none: string,
  more: readonly Column<EligibilityRow>[],
  { money, count }: Notation,
): Promise<void> {
  heading(flow, name)
  if (rows.length === 0) return paragraph(flow, none, { muted: true })
  const columns: Column<EligibilityRow>[] = [
    { title: 'Partner', text: (row) => row.name },
    { title: 'ID', text: (row) => row.partner_id },
    ...more,
    { title: 'Total', text: (row) => money(row.total), number: true },
    { title: 'Withdrawn', text: (row) => money(row.withdrawn), number: true },
    { title: 'Blocked', text: (row) => money(row.blocked), number: true },
    { title: 'Pending', text: (row) => money(row.pending), number: true },
    { title: 'Available', text: (row) => money(row.available), number: true },
  ]
  const sums = (['total', 'withdrawn', 'blocked', 'pending', 'available'] as const).map((key) =>
    money(addDecimals(rows.map((row) => row[key]))),
  )
  const total = [`${count(rows.length)} partners`, '', ...more.map(() => ''), ...sums]
  await table(flow, { columns, rows, total, carry: { amount: (row) => row.available, show: money } })
}

function reasonsOf({ reasons, on_hold_until: until }: EligibilityRow, { date }: Notation): string {
  return reasons
    .map((reason) =>
      reason === 'on_hold_until' && until ? `on hold until ${date(until)}` : (REASONS[reason] ?? reason),
    )
    .join(', ')
}
