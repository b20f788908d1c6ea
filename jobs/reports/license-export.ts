import { type LicenseCount, licenseBreakdown } from '../../db/queries/license-breakdown.ts'
import { streamLicenseCsv } from '../../db/queries/license-csv.ts'
import type { LicenseSelection } from '../../db/queries/license-selection.ts'
import { listSubjects } from '../../db/queries/subjects.ts'
import { licenseExport as template } from '../../templates/license-export/index.ts'
import type { LicenseExportFigures } from '../../templates/license-export/view.ts'
import type { Subject } from '../../templates/statement.ts'
import { defineReport, type Outcome, type ReportContext, type Statement } from '../report.ts'
import { withRestatedPartners } from '../restating.ts'

/** The CSV of the licences created in the period, every program, streamed: of the account, or of each partner named (docs/definitions.md, Figures). */
export const licenseExport = defineReport<LicenseExportFigures, never>({
  name: 'license-export',
  title: 'License export',
  audience: 'either',
  labels: ['figures.by_product{}'],
  statements,
  template,
})

async function* statements(context: ReportContext): AsyncGenerator<Outcome<LicenseExportFigures, never>> {
  const { db, account, period, asOf, partners } = context
  const selection = { asOf, from: period.from, to: period.to }
  if (partners) {
    yield* partnerStatements(context, { ...selection, partners })
    return
  }
  const counts = await licenseBreakdown(db, account, selection)
  yield statementOf(context, { kind: 'account', name: account.name }, selection, counts)
}

async function* partnerStatements(
  context: ReportContext,
  selection: LicenseSelection,
): AsyncGenerator<Outcome<LicenseExportFigures, never>> {
  const { db, account, partners } = context
  const counts = await licenseBreakdown(db, account, selection, { each: true })
  const countsOf = new Map<string, LicenseCount[]>()
  for (const count of counts) countsOf.set(count.partnerId, [...(countsOf.get(count.partnerId) ?? []), count])
  const listed = await listSubjects(db, account.accountId, { partners })
  for (const { partnerId, name } of withRestatedPartners(context, listed)) {
    const subject = { kind: 'partner', partner_id: partnerId, name } as const
    yield statementOf(context, subject, { ...selection, partners: [partnerId] }, countsOf.get(partnerId) ?? [])
  }
}

const statementOf = (
  { db, account }: ReportContext,
  subject: Subject,
  selection: LicenseSelection,
  counts: readonly LicenseCount[],
): Statement<LicenseExportFigures, never> => ({
  subject,
  currency: account.currency,
  figures: figuresOf(counts),
  export: (sink) => streamLicenseCsv(db, account, selection, sink),
})

function figuresOf(counts: readonly LicenseCount[]): LicenseExportFigures {
  return {
    licenses: sum(counts),
    by_status: { trial: 0, paid: 0, expired: 0, ...sumBy(counts, 'status') },
    by_program: { affiliate: 0, solution: 0, ...sumBy(counts, 'program') },
    by_product: sumBy(counts, 'product'),
  }
}

const sum = (counts: readonly LicenseCount[]): number => counts.reduce((total, { licenses }) => total + licenses, 0)

function sumBy(counts: readonly LicenseCount[], kind: 'status' | 'program' | 'product'): Record<string, number> {
  const kinds = [...new Set(counts.map((count) => count[kind]))].sort()
  return Object.fromEntries(kinds.map((name) => [name, sum(counts.filter((count) => count[kind] === name))]))
}
