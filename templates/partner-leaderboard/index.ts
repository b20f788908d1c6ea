import type { Template } from '../statement.ts'
import { partnerLeaderboardCsv } from './csv.ts'
import { partnerLeaderboardMail } from './mail.ts'
import { partnerLeaderboardPdf } from './pdf.ts'
import type { PartnerLeaderboard } from './view.ts'

export const partnerLeaderboard: Template<PartnerLeaderboard> = {
  pdf: partnerLeaderboardPdf,
  csv: partnerLeaderboardCsv,
  mail: partnerLeaderboardMail,
}
