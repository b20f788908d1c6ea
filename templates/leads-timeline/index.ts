import type { Template } from '../statement.ts'
import { leadsTimelineCsv } from './csv.ts'
import { leadsTimelineMail } from './mail.ts'
import { leadsTimelinePdf } from './pdf.ts'
import type { LeadsTimeline } from './view.ts'

export const leadsTimeline: Template<LeadsTimeline> = {
  pdf: leadsTimelinePdf,
  csv: leadsTimelineCsv,
  mail: leadsTimelineMail,
}
