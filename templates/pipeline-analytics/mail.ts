import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { PipelineAnalytics } from './view.ts'

export const pipelineAnalyticsMail = (statement: PipelineAnalytics, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: PipelineAnalytics, { money, count, percent }: Notation): MailContent {
  const { previous } = figures
  return {
    title: 'Pipeline analytics',
    lead: `${count(figures.total_won)} deals won for ${money(figures.total_value_won)}, ${count(figures.total_created)} created.`,
    headlines: [
      {
        label: 'Won',
        value: money(figures.total_value_won),
        note: `${count(figures.total_won)} deals; before ${money(previous.total_value_won)}`,
      },
      {
        label: 'Created',
        value: count(figures.total_created),
        note: `${money(figures.total_value_created)}; before ${count(previous.total_created)}`,
      },
      {
        label: 'Conversion rate',
        value: percent(figures.conversion_rate),
        note: `before ${percent(previous.conversion_rate)}; ${count(figures.total_lost)} lost`,
      },
    ],
    tables: [
      {
        title: 'Created deals by stage',
        heads: ['Stage', 'Deals', 'Value'],
        rows: figures.by_stage.map(({ stage_name, count: deals, value }) => [stage_name, count(deals), money(value)]),
      },
    ],
  }
}
