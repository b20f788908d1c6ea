import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { PartnerLeaderboard } from './view.ts'

const SHOWN = 5

export const partnerLeaderboardMail = (statement: PartnerLeaderboard, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: PartnerLeaderboard, { money, count, since }: Notation): MailContent {
  const { totals, previous, partners, change_percent: change } = figures
  const first = partners[0]
  const rest = partners.length - SHOWN
  return {
    title: 'Partner leaderboard',
    lead: first
      ? `${first.name} leads ${count(partners.length)} partners with ${money(first.revenue)}.`
      : 'There are no partners yet.',
    headlines: [
      { label: 'Revenue', value: money(totals.revenue), note: since(change.revenue, money(previous.totals.revenue)) },
      {
        label: 'Deals won',
        value: count(totals.won_deals),
        note: since(change.won_deals, count(previous.totals.won_deals)),
      },
      {
        label: 'Open pipeline',
        value: money(totals.open_pipeline),
        note: since(change.open_pipeline, money(previous.totals.open_pipeline)),
      },
    ],
    tables: [
      {
        title: 'At the top',
        heads: ['Partner', 'Revenue', 'Deals won'],
        rows: partners.slice(0, SHOWN).map(({ name, revenue, won_deals }) => [name, money(revenue), count(won_deals)]),
        ...(rest > 0 && { more: `${count(rest)} more partners in the files.` }),
      },
    ],
  }
}
