import type { Template } from '../statement.ts'
import { resellerWeeklyCsv } from './csv.ts'
import { resellerWeeklyMail } from './mail.ts'
import type { ResellerWeekly } from './view.ts'

export const resellerWeekly: Template<ResellerWeekly> = { csv: resellerWeeklyCsv, mail: resellerWeeklyMail }
