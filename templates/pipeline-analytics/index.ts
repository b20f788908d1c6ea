import type { Template } from '../statement.ts'
import { pipelineAnalyticsCsv } from './csv.ts'
import { pipelineAnalyticsMail } from './mail.ts'
import { pipelineAnalyticsPdf } from './pdf.ts'
import type { PipelineAnalytics } from './view.ts'

export const pipelineAnalytics: Template<PipelineAnalytics> = {
  pdf: pipelineAnalyticsPdf,
  csv: pipelineAnalyticsCsv,
  mail: pipelineAnalyticsMail,
}
