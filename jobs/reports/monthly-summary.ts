import { listCommissionEntries } from '../../db/queries/commissions.ts'
import { monthlySummaries, type PartnerSummary, type SummarySpans } from '../../db/queries/monthly-summary.ts'
import { listSubjects } from '../../db/queries/subjects.ts'
import { monthlySummary as template } from '../../templates/monthly-summary/index.ts'
import type { CommissionLine, MonthlySummaryFigures } from '../../templates/monthly-summary/view.ts'
import type { Subject } from '../../templates/statement.ts'
import { monthsBefore, previousPeriod } from '../calendar/period.ts'
import { chunksOf } from '../chunks.ts'
import { defineReport, type Outcome, type ReportContext } from '../report.ts'
import { skipOf, withRestatedPartners } from '../restating.ts'
import { figuresOf, hasActivity, lineOf, linesOf } from './monthly-summary-figures.ts'

const MONTHS_IN_CHART = 12
/** Commission lines held in memory at a time, unless one partner alone has more. */
const LINES_AT_ONCE = 20_000

/** Each partner's month: what it earned and why, what campaigns, licences and leads did, and its balance (docs/definitions.md, Figures). */
export const monthlySummary = defineReport<MonthlySummaryFigures, CommissionLine>({
  name: 'monthly-summary',
  title: 'Monthly summary',
  audience: 'partner',
  schedule: { cron: '0 6 1 * *', period: 'month' },
  optOut: 'send_monthly_summary',
  labels: [
    'figures.commission.by_product{}',
    'figures.best_campaigns[].name',
    'figures.best_campaigns[].product',
    'rows[].product',
  ],
  balance: {
    opening: ['figures', 'balance', 'opening'],
    closing: ['figures', 'balance', 'closing'],
    listed: (rows) => rows.map((row) => row.commission_id),
  },
  statements,
  template,
})

async function* statements(context: ReportContext): AsyncGenerator<Outcome<MonthlySummaryFigures, CommissionLine>> {
  const { db, account, partners } = context
  const months = monthsBefore(context.period, MONTHS_IN_CHART)
  const summaryOf = await monthlySummaries(db, account, spansOf(context, months), { partners })
  const subjects = withRestatedPartners(context, await listSubjects(db, account.accountId, { partners }))
  for (const chunk of chunksOf(withSummaries(subjects, summaryOf), LINES_AT_ONCE, ({ lines }) => 1 + lines)) {
    const linesOfPartner = await listLines(context, chunk)
    for (const { subject, summary } of chunk) {
      const skip = skipOf(context, subject, { hasActivity: hasActivity(summary) })
      if (skip) yield { subject, skip }
      else {
        const figures = figuresOf(account, months, summary)
        yield { subject, currency: account.currency, figures, rows: linesOfPartner.get(subject.partner_id) ?? [] }
      }
    }
  }
}

interface Due {
  readonly subject: Extract<Subject, { kind: 'partner' }>
  readonly summary: PartnerSummary
  readonly lines: number
}

/** One at a time: ten thousand summaries are held as sums only, and put together when their turn comes. */
function* withSummaries(
  subjects: readonly { readonly partnerId: string; readonly name: string }[],
  summaryOf: (partnerId: string) => PartnerSummary,
): Generator<Due> {
  for (const { partnerId, name } of subjects) {
    const summary = summaryOf(partnerId)
    yield { subject: { kind: 'partner', partner_id: partnerId, name }, summary, lines: linesOf(summary) }
  }
}

const spansOf = ({ period, asOf }: ReportContext, months: SummarySpans['months']): SummarySpans => ({
  period,
  previous: previousPeriod(period),
  months,
  asOf,
})

/** The lines of a few partners at a time: never those of the whole program in memory at once. */
async function listLines(
  { db, account, period }: ReportContext,
  chunk: readonly Due[],
): Promise<Map<string, CommissionLine[]>> {
  const partners = chunk.filter(({ lines }) => lines > 0).map(({ subject }) => subject.partner_id)
  const lines = new Map<string, CommissionLine[]>(partners.map((id) => [id, []]))
  if (partners.length === 0) return lines
  for (const entry of await listCommissionEntries(db, account, period, { partners })) {
    lines.get(entry.partner_id)?.push(lineOf(account, entry))
  }
  return lines
}
