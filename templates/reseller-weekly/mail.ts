import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { ResellerWeekly } from './view.ts'

export const resellerWeeklyMail = (statement: ResellerWeekly, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: ResellerWeekly, { money, count, since }: Notation): MailContent {
  const { previous, change_percent: change } = figures
  return {
    title: 'Reseller weekly',
    lead: `${count(figures.created)} licences created, ${count(figures.converted)} converted; ${count(figures.expiring_soon)} end within 14 days.`,
    headlines: [
      { label: 'Created', value: count(figures.created), note: since(change.created, count(previous.created)) },
      { label: 'Converted', value: count(figures.converted), note: since(change.converted, count(previous.converted)) },
      {
        label: 'Commission',
        value: money(figures.commission),
        note: since(change.commission, money(previous.commission)),
      },
    ],
    tables: [
      {
        title: 'Beside that',
        heads: ['', 'This period', 'Before'],
        rows: [
          ['Expired', count(figures.expired), count(previous.expired)],
          ['Expiring within 14 days', count(figures.expiring_soon), count(previous.expiring_soon)],
          ['Discount', money(figures.discount), money(previous.discount)],
        ],
      },
    ],
  }
}
