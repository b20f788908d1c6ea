import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { PipelineAnalytics } from './view.ts'

export const pipelineAnalyticsMail = (statement: PipelineAnalytics, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: PipelineAnalytics, { money, count, percent, since }: Notation): MailContent {
  const { previous, change_percent: change } = figures
  return {
    title: 'Pipeline analytics',
    lead: `${count(figures.total_won)} deals won for ${money(figures.total_value_won)}, ${count(figures.total_created)} created.`,
    headlines: [
      {
        label: 'Value won',
        value: money(figures.total_value_won),
        note: since(change.total_value_won, money(previous.total_value_won)),
      },
      {
        label: 'Deals won',
        value: count(figures.total_won),
        note: since(change.total_won, count(previous.total_won)),
      },
      {
        label: 'Deals created',
        value: count(figures.total_created),
        note: since(change.total_created, count(previous.total_created)),
      },
    ],
    tables: [
      {
        title: 'Beside that',
        heads: ['', 'This period', 'Before'],
        rows: [
          ['Deals lost', count(figures.total_lost), count(previous.total_lost)],
          ['Value created', money(figures.total_value_created), money(previous.total_value_created)],
          ['Conversion rate', percent(figures.conversion_rate), percent(previous.conversion_rate)],
        ],
      },
      {
        title: 'Created deals by stage',
        heads: ['Stage', 'Deals', 'Value'],
        rows: figures.by_stage.map(({ stage_name, count: deals, value }) => [stage_name, count(deals), money(value)]),
      },
    ],
  }
}
