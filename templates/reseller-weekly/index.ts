import type { Template } from '../statement.ts'
import { resellerWeeklyCsv } from './csv.ts'
import { resellerWeeklyMail } from './mail.ts'
import { resellerWeeklyPdf } from './pdf.ts'
import type { ResellerWeekly } from './view.ts'

export const resellerWeekly: Template<ResellerWeekly> = {
  pdf: resellerWeeklyPdf,
  csv: resellerWeeklyCsv,
  mail: resellerWeeklyMail,
}
