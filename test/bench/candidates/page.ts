import { formatCount, formatDate, formatMoney, formatPercent, periodLabel } from '../../../templates/format.ts'
import type { MonthlySummary } from '../../../templates/monthly-summary/view.ts'

/** What our PDF of a monthly summary shows, as texts: every renderer is given the same to set. */
export interface PageContent {
  readonly account: string
  readonly title: string
  readonly period: string
  readonly subject: string
  readonly about: string
  readonly tiles: readonly { readonly label: string; readonly value: string; readonly note: string }[]
  /** Rows of lists that stand side by side. */
  readonly lists: readonly (readonly List[])[]
  readonly chart: readonly { readonly label: string; readonly value: number; readonly text: string }[]
  readonly tables: readonly Table[]
}
export interface List {
  readonly title: string
  readonly items: readonly (readonly [label: string, value: string])[]
}
export interface Table {
  readonly title: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns from here on are numbers. */
  readonly numbersFrom: number
  readonly total?: readonly string[]
}

export function contentOf(statement: MonthlySummary, sha256: string): PageContent {
  const { account, subject, period, figures, currency } = statement
  const locale = 'en-US'
  const money = (amount: string) => formatMoney(amount, currency, locale)
  const { commission, balance, affiliate, leads } = figures
  const label = periodLabel(period.key, locale)
  return {
    account: account.name,
    title: 'Monthly summary',
    period: label,
    subject: subject.name,
    about: `${label} · ${formatDate(period.from, account.time_zone, locale)} – ${formatDate(period.to, account.time_zone, locale)} · ${currency} · SHA-256 ${sha256.slice(0, 8)}`,
    tiles: [
      { label: 'Commission', value: money(commission.total), note: `previous ${money(commission.previous)}` },
      { label: 'Available balance', value: money(balance.available), note: `lifetime ${money(commission.lifetime)}` },
      {
        label: 'Conversions',
        value: String(affiliate.conversions),
        note: formatPercent(affiliate.conversion_rate, locale),
      },
      { label: 'Leads', value: String(leads.total), note: `${leads.converted} converted` },
    ],
    lists: listsOf(statement, money),
    chart: figures.commission_by_month.map(({ month, total }) => ({
      label: month.slice(5),
      value: Number(total),
      text: money(total),
    })),
    tables: tablesOf(statement, money),
  }
}

function listsOf({ figures }: MonthlySummary, money: (amount: string) => string): PageContent['lists'] {
  const { commission, balance, affiliate, licenses, leads, referred_partners: referred } = figures
  const moneyItems = (items: Readonly<Record<string, string>>) =>
    Object.entries(items).map(([name, amount]) => [name, money(amount)] as const)
  const countItems = (items: Readonly<Record<string, number>>) =>
    Object.entries(items).map(([name, count]) => [name, formatCount(count, 'en-US')] as const)
  const { opening, earned, withdrawn, closing, available, pending, blocked } = balance
  return [
    [
      { title: 'Balance', items: moneyItems({ opening, earned, withdrawn, closing }) },
      { title: 'Of the closing balance', items: moneyItems({ available, pending, blocked }) },
    ],
    [
      { title: 'Commission by program', items: moneyItems({ ...commission.by_program, Total: commission.total }) },
      { title: 'Commission by product', items: moneyItems({ ...commission.by_product, Total: commission.total }) },
    ],
    [
      {
        title: 'Affiliate program',
        items: [
          ...countItems({ clicks: affiliate.clicks, trials: affiliate.trials, conversions: affiliate.conversions }),
          ['Earnings', money(affiliate.earnings)],
        ],
      },
      {
        title: 'Licences and referrals',
        items: [
          ...countItems({ created: licenses.created, converted: licenses.converted, expired: licenses.expired }),
          ['Discount', money(licenses.discount)],
          ['Referred partners', money(referred.commission)],
        ],
      },
      { title: 'Leads', items: countItems({ ...leads }) },
    ],
  ]
}

function tablesOf({ figures, rows = [] }: MonthlySummary, money: (amount: string) => string): readonly Table[] {
  const campaigns = figures.best_campaigns.map((one) => [
    one.name,
    one.product,
    ...[one.clicks, one.trials, one.conversions].map(String),
    money(one.earnings),
  ])
  const lines = rows.map((row) => [
    formatDate(row.earned_at, 'Europe/Warsaw', 'en-US'),
    row.commission_id,
    row.kind,
    row.program,
    row.product,
    row.license_id ?? '–',
    `${row.campaign_id ?? '–'}`,
    money(row.amount),
  ])
  const heads = ['Date', 'Commission', 'Kind', 'Program', 'Product', 'Licence', 'Campaign', 'Amount']
  const total = [`Total of ${rows.length} lines`, '', '', '', '', '', '', money(figures.commission.total)]
  return [
    {
      title: 'Best campaigns',
      heads: ['Campaign', 'Product', 'Clicks', 'Trials', 'Conversions', 'Earnings'],
      rows: campaigns,
      numbersFrom: 2,
    },
    { title: 'Commission lines', heads, rows: lines, numbersFrom: 7, total },
  ]
}
