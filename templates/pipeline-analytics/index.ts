import type { Template } from '../statement.ts'
import { pipelineAnalyticsCsv } from './csv.ts'
import { pipelineAnalyticsMail } from './mail.ts'
import type { PipelineAnalytics } from './view.ts'

export const pipelineAnalytics: Template<PipelineAnalytics> = { csv: pipelineAnalyticsCsv, mail: pipelineAnalyticsMail }
