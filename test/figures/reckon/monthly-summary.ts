import { type Books, decimal, percent, type Row, sum, within } from '../books.ts'
import { addDays, addMonths, between, type Micros, monthsOf, type Stretch } from '../calendar.ts'
import { campaignsOf, clicksOf, countIn, discount, leadCounts } from './activity.ts'
import { amount, balance, earnedIn } from './balance.ts'

/** The figures of `monthly-summary` for one partner (docs/definitions.md, Figures). */
export function monthlySummary(books: Books, partner: string, span: Stretch, before: Stretch, asOf: Micros) {
  const say = (minor: bigint) => decimal(minor, books.decimals)
  const entries = earnedIn(books, partner, span)
  const [total, previous] = [amount(books, entries), amount(books, earnedIn(books, partner, before))]
  const licenses = books.rows('licenses', { partner_id: partner })
  const affiliate = licenses.filter((row) => row.text('program') === 'affiliate')
  const [trials, conversions] = [countIn(affiliate, 'created_at', span), countIn(affiliate, 'converted_at', span)]
  const [opening, closing, now] = [
    balance(books, partner, span.from),
    balance(books, partner, span.to),
    balance(books, partner, asOf),
  ]
  const asked = books
    .rows('withdrawals', { partner_id: partner })
    .filter((row) => row.text('status') !== 'rejected' && within(row.at('requested_at'), span))
  const referred = books
    .rows('partners', { referred_by: partner })
    .filter((row) => (row.at('created_at') as Micros) < span.to)
  return {
    commission: {
      total: say(total),
      previous: say(previous),
      change_percent: percent(total - previous, previous < 0n ? -previous : previous),
      lifetime: say(closing.total),
      lines: entries.length,
      by_program: { affiliate: say(0n), solution: say(0n), ...sums(books, entries, 'program', say) },
      by_product: sums(books, entries, 'product', say),
    },
    affiliate: {
      clicks: Number(sum(campaignsOf(books, partner), (campaign) => clicksOf(books, campaign, span))),
      trials,
      conversions,
      earnings: say(
        amount(
          books,
          entries.filter((row) => row.text('program') === 'affiliate'),
        ),
      ),
      conversion_rate: percent(BigInt(conversions), BigInt(trials)),
    },
    best_campaigns: bestCampaigns(books, partner, span),
    licenses: {
      created: countIn(licenses, 'created_at', span),
      converted: countIn(licenses, 'converted_at', span),
      expired: countIn(licenses, 'expires_at', span),
      discount: say(discount(books, partner, span)),
    },
    leads: leadCounts(books.rows('leads', { partner_id: partner }), span),
    referred_partners: {
      count: referred.length,
      commission: say(
        amount(
          books,
          entries.filter((row) => row.text('kind') === 'referral'),
        ),
      ),
    },
    balance: {
      opening: say(opening.total - opening.withdrawn),
      earned: say(total),
      withdrawn: say(amount(books, asked)),
      closing: say(closing.total - closing.withdrawn),
      available: say(now.available),
      pending: say(now.pending),
      blocked: say(now.blocked),
    },
    commission_by_month: twelveMonths(books, span).map((month) => ({
      month: month.key.slice(0, 7),
      total: say(amount(books, earnedIn(books, partner, month))),
    })),
  }
}

/** The lines of its CSV: ids of the entries of the period. */
export const linesOf = (books: Books, partner: string, span: Stretch) =>
  earnedIn(books, partner, span).map((row) => row.text('commission_id'))

function bestCampaigns(books: Books, partner: string, span: Stretch) {
  const licenses = books.rows('licenses', { partner_id: partner, program: 'affiliate' })
  const rows = campaignsOf(books, partner).map((campaign) => {
    const campaign_id = campaign.text('campaign_id')
    const own = licenses.filter((row) => row.text('campaign_id') === campaign_id)
    const earnings = amount(
      books,
      earnedIn(books, partner, span).filter((row) => row.text('campaign_id') === campaign_id),
    )
    return {
      campaign_id: Number(campaign_id),
      name: campaign.text('name'),
      product: campaign.text('product'),
      clicks: Number(clicksOf(books, campaign, span)),
      trials: countIn(own, 'created_at', span),
      conversions: countIn(own, 'converted_at', span),
      earnings,
    }
  })
  const busy = rows.filter((row) => row.clicks || row.trials || row.conversions || row.earnings)
  const best = busy.sort((a, b) =>
    a.earnings === b.earnings ? (a.name < b.name ? -1 : 1) : a.earnings > b.earnings ? -1 : 1,
  )
  return best.slice(0, 5).map((row) => ({ ...row, earnings: decimal(row.earnings, books.decimals) }))
}

function sums(books: Books, rows: readonly Row[], column: string, say: (minor: bigint) => string) {
  const names = [...new Set(rows.map((row) => row.text(column)))]
  return Object.fromEntries(
    names.map((name) => [
      name,
      say(
        amount(
          books,
          rows.filter((row) => row.text(column) === name),
        ),
      ),
    ]),
  )
}

/** The twelve months that end with the period; nothing after the period counts. */
function twelveMonths(books: Books, span: Stretch): Stretch[] {
  const last = addMonths(addDays(span.end, -1), 0)
  return monthsOf(addMonths(last, -11), addDays(last, 1)).map((month) => {
    const whole = between(month, month, addMonths(month, 1), books.zone)
    return { ...whole, to: whole.to < span.to ? whole.to : span.to }
  })
}
