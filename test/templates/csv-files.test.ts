import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { addDecimals } from '../../templates/decimal.ts'
import { leadsTimeline } from '../../templates/leads-timeline/index.ts'
import { monthlySummary } from '../../templates/monthly-summary/index.ts'
import { partnerLeaderboard } from '../../templates/partner-leaderboard/index.ts'
import { pipelineAnalytics } from '../../templates/pipeline-analytics/index.ts'
import { resellerWeekly } from '../../templates/reseller-weekly/index.ts'
import type { CsvFile } from '../../templates/statement.ts'
import { usageReconciliation } from '../../templates/usage-reconciliation/index.ts'
import { withdrawalEligibility } from '../../templates/withdrawal-eligibility/index.ts'
import * as samples from './pdf/report-samples.ts'
import { commissionLines, monthlySummary as summary } from './pdf/samples.ts'

/** The file with this suffix, read back. */
function read(files: readonly CsvFile[] | undefined, suffix = ''): { text: string; cells: string[][]; rows: number } {
  const file = files?.find((each) => each.suffix === suffix)
  const text = Buffer.from(file?.bytes ?? []).toString('utf8')
  return { text, cells: parse(text, { bom: true, relax_column_count: false }), rows: file?.rows ?? -1 }
}
const column = ({ cells }: { cells: string[][] }, name: string) => {
  const at = cells[0]?.indexOf(name) ?? -1
  return cells.slice(1).map((row) => row[at] ?? '')
}

test('monthly-summary: the commission lines, in the columns of docs/definitions.md, Statements, adding up to the commission', () => {
  const statement = summary({
    rows: [...commissionLines(30), ...commissionLines(1, 'USD', { commission_id: '=1+1', amount: '-3.10' })],
  })
  const csv = read(monthlySummary.csv?.(statement))
  expect(csv.cells[0]?.join()).toBe(
    'commission_id,earned_at,kind,program,product,license_id,campaign_id,amount,currency',
  )
  expect(csv.rows).toBe(31)
  expect(addDecimals(column(csv, 'amount'))).toBe(statement.figures.commission.total)
  expect(csv.text.startsWith('\ufeffcommission_id')).toBe(true)
  expect(csv.text.split('\r\n')).toHaveLength(33)
  expect(csv.cells.at(-1)).toEqual([
    "'=1+1",
    '2026-10-01T09:30:00Z',
    'commission',
    'solution',
    'chatbot',
    'lic-1000',
    '',
    '-3.10',
    'USD',
  ])
})

test('reseller-weekly: the columns of the licence CSV', () => {
  const csv = read(resellerWeekly.csv?.(samples.resellerWeekly(3)))
  expect(csv.cells[0]?.join()).toBe(
    'License ID,Managed by,Status,Client name,Client email,Client identifier,Created,Product,Credit card,Card problem,Commission level,Discount level,Total earnings,Total savings',
  )
  expect(csv.cells[2]?.join()).toBe(
    'lic-1,partner,paid,Client number 1,client1@example.com,,2026-10-13 08:53:53,livechat,yes,no,20.00,12.50,17.50,3.00',
  )
})

test('usage-reconciliation: one row per organisation', () => {
  const csv = read(usageReconciliation.csv?.(samples.usageReconciliation(14)))
  expect(csv.cells[0]?.join()).toBe(
    'organization_id,name,events,quantity,credits_used,invoiced_quantity,amount,currency,difference_quantity,difference_credits,verdict,late_events,conflicts',
  )
  expect([csv.rows, csv.cells[4]?.join()]).toEqual([
    14,
    'org-3,Organisation 3,10,93,90,87,87.00,USD,-1,2,under_invoiced,0,1',
  ])
})

test('withdrawal-eligibility: every partner, and the eligible ones as PayPal takes them', () => {
  const { rows = [], ...statement } = samples.withdrawalEligibility(4)
  const paid = rows.map((row) => (row.eligible ? { ...row, paypal: `${row.partner_id}@paypal.example` } : row))
  const files = withdrawalEligibility.csv?.({ ...statement, rows: paid })
  const all = read(files)
  expect(all.cells[0]?.join()).toBe(
    'partner_id,name,currency,total,withdrawn,blocked,pending,available,eligible,reasons,on_hold_until',
  )
  expect(column(all, 'reasons')).toEqual([
    'below_minimum|on_hold_until|billing_missing',
    '',
    'below_minimum|on_hold_until|billing_missing',
    '',
  ])
  expect(all.text).not.toContain('paypal.example')
  expect(read(files, 'paypal')).toMatchObject({
    rows: 2,
    text: 'p-1@paypal.example,100.00,USD,p-1,Acme Software 2026-10\r\np-3@paypal.example,100.00,USD,p-3,Acme Software 2026-10\r\n',
  })
})

describe('PayPal’s file', () => {
  const payout = (currency: string, ...lines: [id: string, paypal: string, available: string][]) => {
    const { rows: [row] = [], ...statement } = samples.withdrawalEligibility(1)
    const rows = lines.map(([partner_id, paypal, available]) => ({
      ...(row as NonNullable<typeof row>),
      partner_id,
      paypal,
      available,
      currency,
      eligible: true,
    }))
    return withdrawalEligibility.csv?.({ ...statement, currency, rows }) ?? []
  }

  test.each([
    ['HUF', '12345.67', '12345'],
    ['TWD', '99.99', '99'],
    ['JPY', '1234', '1234'],
    ['PLN', '12345.67', '12345.67'],
  ])('in %s pays of %s what PayPal takes', (currency, available, amount) => {
    const { text, rows } = read(payout(currency, ['p-1', 'a@b.test', available]), 'paypal')
    expect({ text, rows }).toEqual({ text: `a@b.test,${amount},${currency},p-1,Acme Software 2026-10\r\n`, rows: 1 })
  })

  test('pays nobody a part of a forint', () =>
    expect(read(payout('HUF', ['p-1', 'a@b.test', '0.99']), 'paypal')).toMatchObject({ rows: 0, text: '' }))

  test('is none in a currency that PayPal has not', () =>
    expect(payout('KWD', ['p-1', 'a@b.test', '1.234']).map(({ suffix }) => suffix)).toEqual(['']))

  test('has no formula guard, and no id that PayPal refuses', () => {
    const long = 'x'.repeat(31)
    const { cells } = read(
      payout('USD', ['-Kx', '+15125550123', '1.00'], [long, '-jo@b.test', '2.00'], ['p 8', 'c@b.test', '3.00']),
      'paypal',
    )
    expect(cells.map((row) => row.slice(0, 4))).toEqual([
      ['+15125550123', '1.00', 'USD', '-Kx'],
      ['-jo@b.test', '2.00', 'USD', ''],
      ['c@b.test', '3.00', 'USD', ''],
    ])
  })

  test('is as many files as 5,000 rows each make', () => {
    const many = Array.from({ length: 10_001 }, (_, i): [string, string, string] => [`p${i}`, `p${i}@b.test`, '1.00'])
    const files = payout('USD', ...many).map(({ suffix, rows }) => [suffix, rows])
    expect(files).toEqual([
      ['', 10_001],
      ['paypal', 5000],
      ['paypal-2', 5000],
      ['paypal-3', 1],
    ])
    const last = read(payout('USD', ...many), 'paypal-3')
    expect(last.cells[0]?.[0]).toBe('p10000@b.test')
  })
})

test('nobody eligible is an empty payout file, not a missing one', () => {
  const { rows = [], ...statement } = samples.withdrawalEligibility(4)
  const files = withdrawalEligibility.csv?.({ ...statement, rows: rows.map((row) => ({ ...row, eligible: false })) })
  expect(read(files, 'paypal')).toMatchObject({ rows: 0, text: '' })
})

test('nobody is paid nothing, where the minimum is 0', () => {
  const { rows = [], ...statement } = samples.withdrawalEligibility(4)
  const broke = rows.map((row) => ({ ...row, eligible: true, available: '0.00' }))
  expect(read(withdrawalEligibility.csv?.({ ...statement, rows: broke }), 'paypal')).toMatchObject({
    rows: 0,
    text: '',
  })
})

test('partner-leaderboard, leads-timeline, pipeline-analytics: every row of the statement, money beside its currency', () => {
  const board = read(partnerLeaderboard.csv?.(samples.partnerLeaderboard(12)))
  expect(board.rows).toBe(12)
  expect([column(board, 'revenue')[0], column(board, 'previous_revenue')[0], column(board, 'currency')[0]]).toEqual([
    '3000.00',
    '3000.00',
    'USD',
  ])
  const leads = read(leadsTimeline.csv?.(samples.leadsTimeline(12)))
  expect(leads.cells[0]?.join()).toBe('month,total,received,sent,converted,rejected,pending')
  expect(column(leads, 'month').at(-1)).toBe('2026-10')
  const pipeline = read(pipelineAnalytics.csv?.(samples.pipelineAnalytics()))
  expect(new Set(column(pipeline, 'series'))).toEqual(new Set(['week', 'agent', 'stage']))
  expect([pipeline.rows, column(pipeline, 'name').includes('Ada Byron')]).toEqual([11, true])
})
