import type { Template } from '../statement.ts'
import { monthlySummaryCsv } from './csv.ts'
import { monthlySummaryMail } from './mail.ts'
import { monthlySummaryPdf } from './pdf.ts'
import type { MonthlySummary } from './view.ts'

export const monthlySummary: Template<MonthlySummary> = {
  pdf: monthlySummaryPdf,
  csv: monthlySummaryCsv,
  mail: monthlySummaryMail,
}
