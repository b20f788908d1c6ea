import type { Template } from '../statement.ts'
import { usageReconciliationCsv } from './csv.ts'
import { usageReconciliationMail } from './mail.ts'
import { usageReconciliationPdf } from './pdf.ts'
import type { UsageReconciliation } from './view.ts'

export const usageReconciliation: Template<UsageReconciliation> = {
  pdf: usageReconciliationPdf,
  csv: usageReconciliationCsv,
  mail: usageReconciliationMail,
}
