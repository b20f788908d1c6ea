import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { EligibilityRow, WithdrawalEligibility } from './view.ts'

const COLUMNS: readonly Column<EligibilityRow>[] = [
  { name: 'partner_id', kind: 'text' },
  { name: 'name', kind: 'text' },
  { name: 'currency', kind: 'text' },
  { name: 'total', kind: 'number' },
  { name: 'withdrawn', kind: 'number' },
  { name: 'blocked', kind: 'number' },
  { name: 'pending', kind: 'number' },
  { name: 'available', kind: 'number' },
  { name: 'eligible', kind: 'text' },
  { name: 'reasons', kind: 'text' },
  { name: 'on_hold_until', kind: 'text' },
]

/** Every partner; and PayPal's mass payout file of the eligible ones: no header, no BOM, ready to be uploaded (SPEC 5). */
export function withdrawalEligibilityCsv({ rows = [], account, period }: WithdrawalEligibility): readonly CsvFile[] {
  const payout: readonly Column<EligibilityRow>[] = [
    { name: 'address', kind: 'text', value: ({ paypal }) => paypal ?? null },
    { name: 'amount', kind: 'number', value: ({ available }) => available },
    { name: 'currency', kind: 'text' },
    { name: 'partner_id', kind: 'text' },
    { name: 'note', kind: 'text', value: () => `${account.name} ${period.key}` },
  ]
  // An account without a minimum finds everyone eligible who owes nothing; nobody is paid 0.00.
  const eligible = rows.filter((row) => row.eligible && isPositive(row.available))
  return [
    { suffix: '', ...writeCsv(COLUMNS, rows) },
    { suffix: 'paypal', ...writeCsv(payout, eligible, { header: false, bom: false }) },
  ]
}

const isPositive = (amount: string): boolean => /^[^-]*[1-9]/.test(amount)
