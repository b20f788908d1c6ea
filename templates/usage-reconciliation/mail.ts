import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import { type UsageReconciliation, VERDICTS } from './view.ts'

export const usageReconciliationMail = (statement: UsageReconciliation, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: UsageReconciliation, { money, count }: Notation): MailContent {
  const exceptions = figures.organizations - figures.verdicts.matched
  const verdicts = VERDICTS.map((verdict) => [verdict.replaceAll('_', ' '), count(figures.verdicts[verdict])])
  return {
    title: 'Usage reconciliation',
    lead:
      exceptions === 0
        ? `All ${count(figures.organizations)} organisations match.`
        : `${count(exceptions)} of ${count(figures.organizations)} organisations do not match.`,
    headlines: [
      { label: 'Metered', value: count(figures.quantity), note: `in ${count(figures.events)} events` },
      { label: 'Invoiced', value: count(figures.invoiced_quantity), note: money(figures.invoiced_amount) },
      { label: 'Difference', value: count(figures.difference_quantity), note: 'invoiced − metered' },
    ],
    tables: [
      { title: 'Verdicts', heads: ['Verdict', 'Organisations'], rows: verdicts },
      {
        title: 'Beside that',
        rows: [
          ['Credits used', count(figures.credits_used)],
          ['Credits − metered', count(figures.difference_credits)],
          ['Late events', count(figures.late_events)],
          ['Conflicting events', count(figures.conflicts)],
        ],
      },
    ],
  }
}
