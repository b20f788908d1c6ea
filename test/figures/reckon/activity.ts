import { type Books, type Row, sum, within } from '../books.ts'
import type { Micros } from '../calendar.ts'
import { amount } from './balance.ts'

export const countIn = (rows: readonly Row[], column: string, span: { from: Micros; to: Micros }) =>
  rows.filter((row) => within(row.at(column), span)).length

export const campaignsOf = (books: Books, partner: string) => books.rows('campaigns', { partner_id: partner })

export const clicksOf = (books: Books, campaign: Row, span: { from: Micros; to: Micros }) =>
  sum(
    books
      .rows('clicks', { campaign_id: campaign.text('campaign_id') })
      .filter((row) => within(row.at('occurred_at'), span)),
    (row) => row.count('clicks'),
  )

export const discount = (books: Books, partner: string, span: { from: Micros; to: Micros }, program?: string) =>
  amount(
    books,
    books
      .rows('commissions', { partner_id: partner, kind: 'discount', ...(program ? { program } : {}) })
      .filter((row) => within(row.at('earned_at'), span)),
  )

export function leadCounts(rows: readonly Row[], span: { from: Micros; to: Micros }) {
  const leads = rows.filter((row) => within(row.at('created_at'), span))
  const count = (column: string, value: string) => leads.filter((row) => row.text(column) === value).length
  return {
    total: leads.length,
    received: count('direction', 'received'),
    sent: count('direction', 'sent'),
    converted: count('status', 'converted'),
    rejected: count('status', 'rejected'),
    pending: count('status', 'pending'),
  }
}
