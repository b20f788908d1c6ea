import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { MonthlySummary } from './view.ts'

/** What the month brought, in three figures and the balance; the PDF beside it has everything. */
export const monthlySummaryMail = (statement: MonthlySummary, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: MonthlySummary, notation: Notation): MailContent {
  const { commission, affiliate, balance } = figures
  const { money, count, percent, since } = notation
  const entries = commission.lines === 1 ? 'entry' : 'entries'
  return {
    title: 'Monthly summary',
    lead: `Commission of ${money(commission.total)} in ${count(commission.lines)} ${entries}; ${money(balance.available)} is available.`,
    headlines: [
      {
        label: 'Commission',
        value: money(commission.total),
        note: since(commission.change_percent, money(commission.previous)),
      },
      { label: 'Available', value: money(balance.available), note: `${money(balance.pending)} pending` },
      {
        label: 'Conversions',
        value: count(affiliate.conversions),
        note: `of ${count(affiliate.trials)} trials, ${percent(affiliate.conversion_rate)}`,
      },
    ],
    tables: [
      {
        title: 'Balance',
        rows: [
          ['Opening', money(balance.opening)],
          ['Earned', money(balance.earned)],
          ['Withdrawn', money(balance.withdrawn)],
          ['Closing', money(balance.closing)],
        ],
      },
    ],
  }
}
