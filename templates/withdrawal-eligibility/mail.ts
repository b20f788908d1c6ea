import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import { payoutNotes } from './payout-notes.ts'
import type { WithdrawalEligibility } from './view.ts'

export const withdrawalEligibilityMail = (statement: WithdrawalEligibility, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content(statement: WithdrawalEligibility, notation: Notation): MailContent {
  const { figures } = statement
  const { money, count } = notation
  return {
    notes: payoutNotes(statement, notation).map((text) => ({ title: 'PayPal file.', text })),
    title: 'Withdrawal eligibility',
    lead: `${count(figures.eligible)} of ${count(figures.partners)} partners can be paid out, ${money(figures.eligible_amount)} in all.`,
    headlines: [
      { label: 'Eligible', value: count(figures.eligible), note: `of ${count(figures.partners)} partners` },
      {
        label: 'To pay out',
        value: money(figures.eligible_amount),
        note: `${money(figures.available)} available in all`,
      },
      { label: 'Pending', value: money(figures.pending), note: `${money(figures.blocked)} blocked` },
    ],
    tables: [
      {
        title: 'All partners',
        rows: [
          ['Total commission', money(figures.total)],
          ['Withdrawn', money(figures.withdrawn)],
          ['Blocked', money(figures.blocked)],
          ['Pending', money(figures.pending)],
          ['Available', money(figures.available)],
        ],
      },
    ],
  }
}
