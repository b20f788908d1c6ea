import type { Template } from '../statement.ts'
import { partnerLeaderboardCsv } from './csv.ts'
import { partnerLeaderboardMail } from './mail.ts'
import type { PartnerLeaderboard } from './view.ts'

export const partnerLeaderboard: Template<PartnerLeaderboard> = {
  csv: partnerLeaderboardCsv,
  mail: partnerLeaderboardMail,
}
