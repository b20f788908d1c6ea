import { type Column, writeCsv } from '../csv.ts'
import type { CsvFile } from '../statement.ts'
import type { LeaderboardPartner, PartnerLeaderboard } from './view.ts'

interface Ranked extends LeaderboardPartner {
  readonly before: LeaderboardPartner | undefined
}

/** Every partner in the order of the leaderboard, what it had one period earlier beside it. */
export function partnerLeaderboardCsv({ figures, currency }: PartnerLeaderboard): readonly CsvFile[] {
  const before = new Map(figures.previous.partners.map((partner) => [partner.uuid, partner]))
  const rows = figures.partners.map((partner): Ranked => ({ ...partner, before: before.get(partner.uuid) }))
  return [{ suffix: '', ...writeCsv(columns(currency), rows) }]
}

const columns = (currency: string): readonly Column<Ranked>[] => [
  { name: 'uuid', kind: 'text' },
  { name: 'name', kind: 'text' },
  { name: 'currency', kind: 'text', value: () => currency },
  { name: 'revenue', kind: 'number' },
  { name: 'previous_revenue', kind: 'number', value: ({ before }) => before?.revenue ?? null },
  { name: 'open_pipeline', kind: 'number' },
  { name: 'won_deals', kind: 'number' },
  { name: 'previous_won_deals', kind: 'number', value: ({ before }) => before?.won_deals ?? null },
  { name: 'total_deals', kind: 'number' },
  { name: 'avg_deal_value', kind: 'number' },
  { name: 'total_leads', kind: 'number' },
  { name: 'converted_leads', kind: 'number' },
  { name: 'conversion_rate', kind: 'number' },
  { name: 'win_rate', kind: 'number' },
]
