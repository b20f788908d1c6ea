import type { Template } from '../statement.ts'
import { withdrawalEligibilityCsv } from './csv.ts'
import { withdrawalEligibilityMail } from './mail.ts'
import type { WithdrawalEligibility } from './view.ts'

export const withdrawalEligibility: Template<WithdrawalEligibility> = {
  csv: withdrawalEligibilityCsv,
  mail: withdrawalEligibilityMail,
}
