import { addDecimals } from '../../../templates/decimal.ts'
import type { CommissionLine, MonthlySummary, MonthlySummaryFigures } from '../../../templates/monthly-summary/view.ts'
import type { Dress } from '../../../templates/statement.ts'

/** A dress with nothing special about it. */
export const dress = (more: Partial<Dress> = {}): Dress => ({ sha256: 'c0ffee42'.repeat(8), locale: 'en-US', ...more })

/** Commission lines with amounts that differ and add up. */
export function commissionLines(count: number, currency = 'USD', more: Partial<CommissionLine> = {}): CommissionLine[] {
  return Array.from({ length: count }, (_, i) => ({
    commission_id: `c-${String(i + 1).padStart(5, '0')}`,
    earned_at: `2026-10-${String((i % 28) + 1).padStart(2, '0')}T09:30:00Z`,
    kind: i % 9 === 8 ? 'refund' : 'commission',
    program: i % 3 ? 'affiliate' : 'solution',
    product: i % 2 ? 'livechat' : 'chatbot',
    license_id: `lic-${1000 + i}`,
    campaign_id: i % 3 ? 7 : null,
    amount:
      currency === 'JPY'
        ? `${i % 9 === 8 ? '-' : ''}${1200 + i * 7}`
        : `${i % 9 === 8 ? '-' : ''}${12 + i}.${String((i * 37) % 100).padStart(2, '0')}`,
    currency,
    ...more,
  }))
}

export interface SampleOptions {
  readonly lines?: number
  readonly name?: string
  readonly account?: string
  readonly currency?: string
  readonly figures?: Partial<MonthlySummaryFigures>
  readonly rows?: readonly CommissionLine[]
  readonly more?: Partial<MonthlySummary>
}

/** A sealed monthly summary; a test says only what matters to it. */
export function monthlySummary(options: SampleOptions = {}): MonthlySummary {
  const { lines = 30, name = 'Bluebird Consulting', account = 'Acme Software', currency = 'USD' } = options
  const rows = options.rows ?? commissionLines(lines, currency)
  const total = addDecimals(rows.map((row) => row.amount))
  const zero = currency === 'JPY' ? '0' : '0.00'
  return {
    report: 'monthly-summary',
    revision: 1,
    provisional: false,
    account: { account_id: 1, name: account, time_zone: 'Europe/Warsaw', locale: 'en-US' },
    subject: { kind: 'partner', partner_id: 'p-0042', name },
    period: { key: '2026-10', from: '2026-09-30T22:00:00Z', to: '2026-10-31T23:00:00Z' },
    as_of: '2026-10-31T23:00:00Z',
    currency,
    figures: { ...figuresOf(total, rows.length, zero), ...options.figures },
    rows,
    changes: [],
    ...options.more,
  }
}

function figuresOf(total: string, lines: number, zero: string): MonthlySummaryFigures {
  const scale = (amount: string) => (zero === '0' ? (amount.split('.')[0] as string) : amount)
  return {
    commission: {
      total,
      previous: scale('980.00'),
      change_percent: 23.4,
      lifetime: scale('18450.90'),
      lines,
      by_program: { affiliate: scale('640.25'), solution: scale('310.00') },
      by_product: { chatbot: scale('210.00'), livechat: scale('740.25') },
    },
    affiliate: { clicks: 1834, trials: 48, conversions: 17, earnings: scale('640.25'), conversion_rate: 35.4 },
    best_campaigns: [
      {
        campaign_id: 7,
        name: 'Autumn newsletter',
        product: 'livechat',
        clicks: 912,
        trials: 22,
        conversions: 9,
        earnings: scale('320.00'),
      },
      {
        campaign_id: 9,
        name: 'Partner directory',
        product: 'chatbot',
        clicks: 410,
        trials: 14,
        conversions: 5,
        earnings: scale('210.25'),
      },
      {
        campaign_id: 11,
        name: 'Webinar',
        product: 'livechat',
        clicks: 201,
        trials: 6,
        conversions: 2,
        earnings: scale('110.00'),
      },
    ],
    licenses: { created: 21, converted: 17, expired: 3, discount: scale('45.00') },
    leads: { total: 14, received: 9, sent: 5, converted: 6, rejected: 3, pending: 5 },
    referred_partners: { count: 2, commission: scale('54.00') },
    balance: {
      opening: scale('2210.40'),
      earned: total,
      withdrawn: scale('500.00'),
      closing: addDecimals([scale('2210.40'), total, `-${scale('500.00')}`]),
      available: scale('1900.10'),
      pending: scale('120.00'),
      blocked: zero,
    },
    commission_by_month: Array.from({ length: 12 }, (_, i) => ({
      month: i < 2 ? `2025-${11 + i}` : `2026-${String(i - 1).padStart(2, '0')}`,
      total: scale(
        [
          '410.00',
          '0.00',
          '-120.50',
          '690.10',
          '720.00',
          '655.40',
          '0.00',
          '801.00',
          '912.30',
          '870.00',
          '980.00',
          '1210.00',
        ][i] as string,
      ),
    })),
  }
}
