import type { Template } from '../statement.ts'
import { withdrawalEligibilityCsv } from './csv.ts'
import { withdrawalEligibilityMail } from './mail.ts'
import { withdrawalEligibilityPdf } from './pdf.ts'
import type { WithdrawalEligibility } from './view.ts'

export const withdrawalEligibility: Template<WithdrawalEligibility> = {
  pdf: withdrawalEligibilityPdf,
  csv: withdrawalEligibilityCsv,
  mail: withdrawalEligibilityMail,
}
