import { periodLabel } from '../format.ts'
import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { LeadsTimeline } from './view.ts'

/** A longer timeline is in the files. */
const SHOWN = 24

export const leadsTimelineMail = (statement: LeadsTimeline, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: LeadsTimeline, { count, locale }: Notation): MailContent {
  const { totals, months } = figures
  const rest = months.length - SHOWN
  return {
    title: 'Leads timeline',
    lead: `${count(totals.total)} leads: ${count(totals.received)} received, ${count(totals.sent)} sent.`,
    headlines: [
      {
        label: 'Leads',
        value: count(totals.total),
        note: `${count(totals.received)} received, ${count(totals.sent)} sent`,
      },
      { label: 'Converted', value: count(totals.converted), note: `${count(totals.rejected)} rejected` },
      { label: 'Pending', value: count(totals.pending), note: 'not closed yet' },
    ],
    tables: [
      {
        title: 'By month',
        heads: ['Month', 'Leads', 'Converted', 'Pending'],
        rows: months
          .slice(-SHOWN)
          .map(({ label, total, converted, pending }) => [
            periodLabel(label, locale),
            count(total),
            count(converted),
            count(pending),
          ]),
        ...(rest > 0 && { more: `${count(rest)} earlier months in the files.` }),
      },
    ],
  }
}
