import { type Books, converted, divide, percent, sum, within } from '../books.ts'
import type { Micros, Stretch } from '../calendar.ts'
import { leadCounts } from './activity.ts'

/** The rows of the leaderboard (docs/definitions.md, Figures), ordered by revenue, then name; money in minor units. */
export function leaderboard(books: Books, span: Stretch) {
  const rows = books.rows('partners').map((partner) => {
    const deals = books.rows('deals', { partner_id: partner.text('partner_id') })
    const closed = (status: string) =>
      deals.filter((row) => row.text('status') === status && within(row.at('closed_at'), span))
    const [won, lost] = [closed('won'), closed('lost')]
    const open = deals.filter(
      (row) => (row.at('created_at') as Micros) < span.to && !((row.at('closed_at') ?? span.to) < span.to),
    )
    const leads = leadCounts(books.rows('leads', { partner_id: partner.text('partner_id') }), span)
    const revenue = sum(won, (row) => converted(books, row, 'value', row.at('closed_at') as Micros))
    return {
      partner_id: partner.text('partner_id'),
      name: partner.text('name'),
      revenue,
      open_pipeline: sum(open, (row) => converted(books, row, 'value', span.to - 1n)),
      won_deals: won.length,
      total_deals: deals.filter((row) => within(row.at('created_at'), span)).length,
      avg_deal_value: won.length ? divide(revenue, BigInt(won.length)) : null,
      total_leads: leads.total,
      converted_leads: leads.converted,
      conversion_rate: percent(BigInt(leads.converted), BigInt(leads.total)),
      win_rate: percent(BigInt(won.length), BigInt(won.length + lost.length)),
    }
  })
  return rows.sort((a, b) => (a.revenue === b.revenue ? byName(a, b) : a.revenue > b.revenue ? -1 : 1))
}

const byName = (a: { name: string; partner_id: string }, b: { name: string; partner_id: string }) =>
  a.name === b.name ? Number(a.partner_id > b.partner_id) * 2 - 1 : Number(a.name > b.name) * 2 - 1
