import { parsePeriod } from '../../jobs/calendar/period.ts'
import { sealStatement } from '../../jobs/seal.ts'
import type { CommissionLine, MonthlySummary, MonthlySummaryFigures } from '../../templates/monthly-summary/view.ts'
import type { Change } from '../../templates/statement.ts'

interface Some {
  readonly accountName?: string
  readonly partnerId?: string
  readonly name?: string
  readonly total?: string
  readonly changes?: readonly Change[]
  readonly provisional?: boolean
  readonly rows?: readonly CommissionLine[]
}

/** A sealed monthly-summary of account 1 for October 2026 in Warsaw; a test names what matters to it. */
export function sealedSummary(some: Some = {}): { document: MonthlySummary; canonical: string; sha256: string } {
  const { accountName = 'Test program', partnerId = 'p1', name = 'Ann Lee', changes = [], provisional = false } = some
  const account = {
    accountId: 1,
    name: accountName,
    timeZone: 'Europe/Warsaw',
    currency: 'EUR',
    locale: 'en-US',
    withdrawalMinimum: 5000n,
    holdDays: 0,
    replyTo: null,
    brandColor: null,
    logoFile: null,
  }
  const period = parsePeriod('2026-10', 'Europe/Warsaw')
  const head = { report: 'monthly-summary', revision: 1, provisional, account, period, asOf: period.to }
  const subject = { kind: 'partner', partner_id: partnerId, name } as const
  const sealed = sealStatement(
    head,
    { subject, currency: 'EUR', figures: figures(some), rows: some.rows ?? [] },
    { changes },
  )
  return { ...sealed, document: sealed.document as MonthlySummary }
}

function figures({ total = '1234.50', rows = [] }: Some): MonthlySummaryFigures {
  const counts = { total: 0, received: 0, sent: 0, converted: 0, rejected: 0, pending: 0 }
  return {
    commission: {
      total,
      previous: '1000.00',
      change_percent: 23.5,
      lifetime: '9999.00',
      lines: rows.length,
      by_program: { affiliate: total, solution: '0.00' },
      by_product: { chat: total },
    },
    affiliate: { clicks: 40, trials: 10, conversions: 4, earnings: total, conversion_rate: 40 },
    best_campaigns: [],
    licenses: { created: 0, converted: 0, expired: 0, discount: '0.00' },
    leads: counts,
    referred_partners: { count: 0, commission: '0.00' },
    balance: {
      opening: '0.00',
      earned: total,
      withdrawn: '0.00',
      closing: total,
      available: total,
      pending: '0.00',
      blocked: '0.00',
    },
    commission_by_month: [{ month: '2026-10', total }],
  }
}
