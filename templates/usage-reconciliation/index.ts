import type { Template } from '../statement.ts'
import { usageReconciliationCsv } from './csv.ts'
import { usageReconciliationMail } from './mail.ts'
import type { UsageReconciliation } from './view.ts'

export const usageReconciliation: Template<UsageReconciliation> = {
  csv: usageReconciliationCsv,
  mail: usageReconciliationMail,
}
