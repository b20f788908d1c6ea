import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { OrganizationUsage, UsageReconciliation } from './view.ts'

/** One row per organisation (docs/definitions.md, Statements); the numbers add up to the statement's figures. */
export function usageReconciliationCsv({ rows = [], currency }: UsageReconciliation): readonly CsvFile[] {
  const columns: readonly Column<OrganizationUsage>[] = [
    { name: 'organization_id', kind: 'text' },
    { name: 'name', kind: 'text' },
    { name: 'events', kind: 'number' },
    { name: 'quantity', kind: 'number' },
    { name: 'credits_used', kind: 'number' },
    { name: 'invoiced_quantity', kind: 'number' },
    { name: 'amount', kind: 'number' },
    { name: 'currency', kind: 'text', value: () => currency },
    { name: 'difference_quantity', kind: 'number' },
    { name: 'difference_credits', kind: 'number' },
    { name: 'verdict', kind: 'text' },
    { name: 'late_events', kind: 'number' },
    { name: 'conflicts', kind: 'number' },
  ]
  return [{ suffix: '', ...writeCsv(columns, rows) }]
}
