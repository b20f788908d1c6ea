import { type Books, type Row, sum, within } from '../books.ts'
import { addDays, addMonths, between, type Micros, mondayOf, type Stretch } from '../calendar.ts'
import { campaignsOf, clicksOf } from './activity.ts'
import { amount, owed } from './balance.ts'
import { metered } from './usage.ts'

export interface Window {
  readonly from: Micros
  readonly to: Micros
}

export const ALWAYS: Window = { from: -(10n ** 18n), to: 10n ** 18n }
const SECOND = 1_000_000n

/** What a Text endpoint makes of date_from and date_to: UTC, a bare end includes its day, an instant its second. */
export function asked(from?: string, to?: string): Window {
  return {
    from: from ? micros(from) : ALWAYS.from,
    to: to ? (to.length === 10 ? micros(addDays(to, 1)) : micros(to) + SECOND) : ALWAYS.to,
  }
}

const micros = (text: string): Micros => BigInt(Date.parse(text)) * 1000n

/** The whole UTC buckets that a range touches, first instants and last seconds as printed. */
export function bucketsOf(from: string, to: string, by: 'day' | 'week' | 'month') {
  const list: { date_range: { from: string; to: string }; window: Stretch }[] = []
  const first =
    by === 'day' ? from.slice(0, 10) : by === 'week' ? mondayOf(from.slice(0, 10)) : addMonths(from, 0).slice(0, 10)
  for (let date = first; date <= to.slice(0, 10); ) {
    const next = by === 'day' ? addDays(date, 1) : by === 'week' ? addDays(date, 7) : addMonths(date, 1)
    list.push({
      date_range: { from: `${date} 00:00:00`, to: `${addDays(next, -1)} 23:59:59` },
      window: between('', date, next, 'UTC'),
    })
    date = next
  }
  return list
}

/** Figures of one partner over a window, by the name that the endpoints give them; money in minor units. */
export function measures(books: Books, partner: string) {
  const licenses = books.rows('licenses', { partner_id: partner })
  const affiliate = (product?: string) =>
    licenses.filter((row) => row.text('program') === 'affiliate' && (!product || row.text('product') === product))
  const count = (rows: readonly Row[], column: string, window: Window) =>
    BigInt(rows.filter((row) => within(row.at(column), window)).length)
  const entries = (window: Window, where: Where = {}) =>
    owed(books, partner).filter(
      (row) =>
        within(row.at('earned_at'), window) &&
        Object.entries(where).every(([column, value]) => !value || row.text(column) === value),
    )
  return {
    entries,
    commission: (window: Window, where: Where = {}) => amount(books, entries(window, where)),
    referred: (window: Window, where: Where = {}) => amount(books, entries(window, { ...where, kind: 'referral' })),
    trials: (window: Window, product?: string) => count(affiliate(product), 'created_at', window),
    conversions: (window: Window, product?: string) => count(affiliate(product), 'converted_at', window),
    clicks: (window: Window, product?: string) =>
      sum(
        campaignsOf(books, partner).filter((row) => !product || row.text('product') === product),
        (campaign) => clicksOf(books, campaign, window),
      ),
    solution: (window: Window, now: Micros, status?: string) =>
      BigInt(
        licenses.filter(
          (row) =>
            row.text('program') === 'solution' &&
            within(row.at('created_at'), window) &&
            (!status || statusOf(row, now) === status),
        ).length,
      ),
  }
}

export type Where = Readonly<Record<string, string | undefined>>

/** docs/definitions.md, Figures. */
export function statusOf(license: Row, at: Micros): 'expired' | 'paid' | 'trial' {
  if ((license.at('expires_at') ?? at + 1n) <= at) return 'expired'
  return (license.at('converted_at') ?? at + 1n) <= at ? 'paid' : 'trial'
}

export function statuses(licenses: readonly Row[], at: Micros) {
  const count = (status: string) => licenses.filter((row) => statusOf(row, at) === status).length
  return { trials: count('trial'), paid: count('paid'), expired: count('expired') }
}

/** What each campaign of a partner has over a window, highest first, then by name; nothing is left out. */
export function rank(books: Books, partner: string, value: (campaign: Row) => bigint) {
  const rows = campaignsOf(books, partner).map((campaign) => ({
    id: Number(campaign.text('campaign_id')),
    name: campaign.text('name'),
    value: value(campaign),
    product: campaign.text('product'),
  }))
  const busy = rows.filter((row) => row.value > 0n)
  return busy.sort((a, b) => (a.value === b.value ? (a.name < b.name ? -1 : 1) : a.value > b.value ? -1 : 1))
}

export const ofCampaign = (books: Books, partner: string, campaign: string) => ({
  licenses: books.rows('licenses', { partner_id: partner, campaign_id: campaign, program: 'affiliate' }),
  entries: owed(books, partner).filter((row) => row.text('campaign_id') === campaign),
})

/** Earnings of a campaign whose licence is billed so; an entry without licence has no cycle. */
export function cycleEarnings(books: Books, partner: string, campaign: string, cycle: string, window: Window): bigint {
  const billed = (row: Row) =>
    books
      .rows('licenses', { license_id: row.text('license_id') })
      .some((license) => license.text('billing_cycle') === cycle)
  return amount(
    books,
    ofCampaign(books, partner, campaign).entries.filter(
      (row) => within(row.at('earned_at'), window) && row.text('license_id') && billed(row),
    ),
  )
}

/** Usage of a partner's organisations over a window. */
export function usage(books: Books, partner: string, window: Window) {
  const organizations = books.rows('organizations', { partner_id: partner })
  const events = organizations
    .flatMap((row) => metered(books, row.text('organization_id')).map(({ first }) => first))
    .filter((row) => within(row.at('occurred_at'), window))
  const credits = books.rows('credit_entries', { partner_id: partner })
  const signed = (rows: readonly Row[]) => sum(rows, (row) => row.count('amount'))
  return {
    totalOrganizations: organizations.length,
    activeOrganizations: organizations.filter((row) => row.text('status') === 'active').length,
    totalIdentifications: Number(
      sum(
        events.filter((row) => row.text('kind') === 'identification'),
        (row) => row.count('quantity'),
      ),
    ),
    totalQuantity: Number(sum(events, (row) => row.count('quantity'))),
    totalEvents: events.length,
    creditsUsed: Number(
      -signed(credits.filter((row) => row.text('amount').startsWith('-') && within(row.at('occurred_at'), window))),
    ),
    creditsRemaining: Number(signed(credits)),
  }
}
