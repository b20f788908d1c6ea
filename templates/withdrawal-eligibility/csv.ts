import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import { payoutFiles } from './payout.ts'
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

/** Every partner; and PayPal's mass payout files of the eligible ones, ready to be uploaded (docs/definitions.md, The PayPal payout file). */
export function withdrawalEligibilityCsv(statement: WithdrawalEligibility): readonly CsvFile[] {
  return [{ suffix: '', ...writeCsv(COLUMNS, statement.rows ?? []) }, ...payoutFiles(statement)]
}
