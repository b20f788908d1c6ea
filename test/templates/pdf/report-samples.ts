import type { Invoice } from '../../../templates/invoice/view.ts'
import type { LeadsTimeline } from '../../../templates/leads-timeline/view.ts'
import type { LeaderboardFigures, PartnerLeaderboard } from '../../../templates/partner-leaderboard/view.ts'
import type { PipelineAnalytics } from '../../../templates/pipeline-analytics/view.ts'
import type { ResellerWeekly } from '../../../templates/reseller-weekly/view.ts'
import type { Sealed, Subject } from '../../../templates/statement.ts'
import { type UsageReconciliation, VERDICTS } from '../../../templates/usage-reconciliation/view.ts'
import type { WithdrawalEligibility } from '../../../templates/withdrawal-eligibility/view.ts'

type Head = Omit<Sealed<unknown>, 'figures' | 'rows' | 'report'>

function head(subject: Subject = { kind: 'account', name: 'Acme Software' }): Head {
  return {
    revision: 1,
    provisional: false,
    account: { account_id: 1, name: 'Acme Software', time_zone: 'Europe/Warsaw', locale: 'en-US' },
    subject,
    period: { key: '2026-10', from: '2026-09-30T22:00:00Z', to: '2026-10-31T23:00:00Z' },
    as_of: '2026-10-31T23:00:00Z',
    currency: 'USD',
    changes: [],
  }
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

export function resellerWeekly(licences = 12): ResellerWeekly {
  const week = { created: 4, converted: 3, expired: 2, expiring_soon: 5, commission: '310.20', discount: '44.00' }
  return {
    ...head({ kind: 'partner', partner_id: 'p-7', name: 'Bluebird Consulting' }),
    report: 'reseller-weekly',
    period: { key: '2026-W42', from: '2026-10-11T22:00:00Z', to: '2026-10-18T22:00:00Z' },
    figures: {
      ...week,
      previous: { ...week, created: 2, expired: 1 },
      change_percent: { created: 100, converted: 0, expired: 100, expiring_soon: null, commission: -12.5, discount: 0 },
    },
    rows: times(licences, (i) => ({
      license_id: `lic-${i}`,
      managed_by: i % 2 ? 'partner' : '',
      status: ['trial', 'paid', 'expired'][i % 3] as string,
      client_name: `Client number ${i}`,
      client_email: `client${i}@example.com`,
      client_identifier: '',
      created: '2026-10-13 08:53:53',
      product: 'livechat',
      credit_card: 'yes',
      card_problem: 'no',
      commission_level: '20.00',
      discount_level: i % 4 ? '12.50' : '',
      total_earnings: `${i * 17}.50`,
      total_savings: '3.00',
    })),
  }
}

export function usageReconciliation(organizations = 14): UsageReconciliation {
  return {
    ...head(),
    report: 'usage-reconciliation',
    figures: {
      organizations,
      events: 120,
      quantity: 4300.5,
      credits_used: 4200,
      invoiced_quantity: 4100,
      invoiced_amount: '4100.00',
      difference_quantity: -200.5,
      difference_credits: -100.5,
      verdicts: {
        usage_missing: 1,
        invoice_missing: 2,
        over_invoiced: 1,
        under_invoiced: 1,
        credits_differ: 0,
        matched: organizations - 5,
      },
      late_events: 3,
      conflicts: 1,
      late: times(3, (i) => ({
        event_id: `e-${i}`,
        organization_id: 'org-1',
        quantity: 4,
        occurred_at: '2026-10-30T10:00:00Z',
        received_at: '2026-11-03T10:00:00Z',
      })),
      conflicting: [
        {
          event_id: 'e-9',
          organization_id: 'org-2',
          quantity: 4,
          other_organization_id: 'org-3',
          other_quantity: '5',
          other_occurred_at: '2026-10-02T10:00:00Z',
          received_at: '2026-10-02T11:00:00Z',
        },
      ],
    },
    rows: times(organizations, (i) => ({
      organization_id: `org-${i}`,
      name: `Organisation ${i}`,
      events: 10,
      quantity: i * 31,
      credits_used: i * 30,
      invoiced_quantity: i * 29,
      amount: `${i * 29}.00`,
      difference_quantity: 2 - i,
      difference_credits: 5 - i,
      verdict: VERDICTS[Math.min(i, 5)] ?? 'matched',
      late_events: 0,
      conflicts: i % 2,
    })),
  }
}

export function withdrawalEligibility(partners = 20): WithdrawalEligibility {
  return {
    ...head(),
    report: 'withdrawal-eligibility',
    figures: {
      partners,
      eligible: 10,
      eligible_amount: '1000.00',
      total: '4000.00',
      withdrawn: '2000.00',
      blocked: '0.00',
      pending: '100.00',
      available: '1900.00',
    },
    rows: times(partners, (i) => ({
      partner_id: `p-${i}`,
      name: `Partner number ${i}`,
      currency: 'USD',
      total: '200.00',
      withdrawn: '100.00',
      blocked: '0.00',
      pending: i % 2 ? '0.00' : '40.00',
      available: i % 2 ? '100.00' : '60.00',
      eligible: i % 2 === 1,
      reasons: i % 2 ? [] : (['below_minimum', 'on_hold_until', 'billing_missing'] as const),
      on_hold_until: i % 2 ? null : '2026-11-12',
    })),
  }
}

const leaderboardFigures = (revenue: string): LeaderboardFigures => ({
  revenue,
  open_pipeline: '5000.00',
  won_deals: 3,
  total_deals: 9,
  avg_deal_value: '400.10',
  total_leads: 14,
  converted_leads: 6,
  conversion_rate: 42.9,
  win_rate: 60,
})

export function partnerLeaderboard(partners = 12): PartnerLeaderboard {
  const board = (from: string, to: string) => ({
    period: { start_date: from, end_date: to },
    totals: leaderboardFigures('12000.00'),
    partners: times(partners, (i) => ({
      uuid: `u-${i}`,
      name: `Partner number ${i}`,
      logo_uuid: null,
      ...leaderboardFigures(`${(partners - i) * 250}.00`),
    })),
  })
  return {
    ...head(),
    report: 'partner-leaderboard',
    figures: {
      currency_code: 'USD',
      ...board('2026-10-01', '2026-10-31'),
      previous: board('2026-09-01', '2026-09-30'),
      change_percent: {
        revenue: 4.2,
        open_pipeline: -3,
        won_deals: 0,
        total_deals: 1.5,
        avg_deal_value: null,
        total_leads: 7,
        converted_leads: 0,
      },
    },
  }
}

export function leadsTimeline(months = 12): LeadsTimeline {
  const counts = { total: 14, received: 9, sent: 5, converted: 6, rejected: 3, pending: 5 }
  return {
    ...head(),
    report: 'leads-timeline',
    figures: {
      partner_uuid: null,
      period: { start_date: '2025-11-01', end_date: '2026-10-31' },
      totals: counts,
      months: times(months, (i) => ({
        ...counts,
        label: i < 2 ? `2025-${11 + i}` : `2026-${String(i - 1).padStart(2, '0')}`,
        total: (i * 7) % 19,
        received: (i * 5) % 11,
        converted: i % 6,
      })),
    },
  }
}

export function pipelineAnalytics(): PipelineAnalytics {
  const totals = {
    total_created: 42,
    total_won: 12,
    total_lost: 9,
    total_value_created: '90000.00',
    total_value_won: '31000.00',
    average_deal_size: '2583.33',
    conversion_rate: 28.6,
  }
  const row = { created: 8, won: 3, lost: 2, value_created: '9000.00', value_won: '3000.00' }
  const agent = (id: number | null, name: string | null) => ({
    agent: { id, name, email: null, avatar_url: null },
    created: 8,
    won: 3,
    value_won: '3000.00',
  })
  return {
    ...head({ kind: 'funnel', funnel_id: 3, name: 'New business' }),
    report: 'pipeline-analytics',
    figures: {
      ...totals,
      period: { since: '2026-10-01', until: '2026-10-31' },
      by_agent: [agent(1, 'Ada Byron'), agent(null, null)],
      by_stage: ['New', 'Demo', 'Proposal', 'Won'].map((stage_name, i) => ({
        stage_id: i + 1,
        stage_name,
        count: 20 - i * 5,
        value: `${(20 - i * 5) * 1000}.00`,
      })),
      series: {
        week: times(5, (i) => ({ key: `2026-W${40 + i}`, ...row, created: 4 + i * 2, won: i })),
        agent: [
          { key: 1, ...row },
          { key: null, ...row },
        ],
        stage: times(4, (i) => ({ key: i + 1, ...row })),
      },
      previous: { ...totals, total_created: 30, period: { since: '2026-09-01', until: '2026-09-30' } },
      change_percent: {
        total_created: 40,
        total_won: 0,
        total_lost: -10,
        total_value_created: 2,
        total_value_won: 1,
        average_deal_size: null,
      },
    },
  }
}

export function invoice(): Invoice {
  return {
    account: { name: 'Acme Software', time_zone: 'Europe/Warsaw', currency: 'USD' },
    partner: { partner_id: 'p-7', name: 'Bluebird Consulting' },
    billing: {
      company: 'Bluebird Consulting Ltd',
      address: '1 Main Street',
      city: 'Springfield',
      country: 'US',
      zip_code: '10005',
      state: 'NY',
      vat: 'US123',
    },
    license: { license_id: 'lic-12', product: 'livechat', client_name: 'Client Ltd' },
    invoice: {
      invoice_no: 3,
      date: '2026-10-11T10:00:00Z',
      plan: 'team',
      seats: 10,
      billing_cycle: 'monthly',
      amount: '312.00',
      status: 'paid',
    },
  }
}
