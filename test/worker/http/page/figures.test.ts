import { describe, expect, it } from 'vitest'
import type { Sealed } from '../../../../templates/statement.ts'
import { changesOf, sectionsOf } from '../../../../worker/http/page/figures.ts'
import { writerOf } from '../../../../worker/http/page/value.ts'
import {
  leadsTimeline,
  partnerLeaderboard,
  pipelineAnalytics,
  resellerWeekly,
  usageReconciliation,
  withdrawalEligibility,
} from '../../../templates/pdf/report-samples.ts'

const statement = (some: Partial<Sealed<unknown, unknown>> = {}): Sealed<unknown, unknown> => ({
  ...leadsTimeline(),
  rows: [],
  account: { account_id: 1, name: 'Acme', time_zone: 'America/Sao_Paulo', locale: 'pt-BR' },
  currency: 'BRL',
  ...some,
})

describe('a sealed value', () => {
  const write = writerOf(statement())
  it.each([
    ['total', '1234567.50', 'R$ 1.234.567,50'],
    ['avg_deal_value', '-0.10', '-R$ 0,10'],
    ['by_product', '12.00', 'R$ 12,00'],
    ['total_value_created', '90071992547409931.25', 'R$ 90.071.992.547.409.931,25'],
    ['lines', 12345, '12.345'],
    ['quantity', '9007199254740993.125', '9.007.199.254.740.993,125'],
    ['conversion_rate', 12.5, '12,5%'],
    ['change_percent', -3, '-3,0%'],
    ['commission_level', '20.00', '20,0%'],
    ['conversion_rate', null, '–'],
    ['earned_at', '2026-10-01T02:30:00Z', '30 de set. de 2026, 23:30 GMT-3'],
    ['created', '2026-10-01 02:30:00', '30 de set. de 2026, 23:30 GMT-3'],
    ['on_hold_until', '2026-10-01', '1 de out. de 2026'],
    ['month', '2026-10', 'outubro de 2026'],
    ['eligible', true, 'yes'],
    ['reasons', ['below_minimum', 'billing_missing'], 'below_minimum, billing_missing'],
    ['reasons', [], '–'],
    ['discount_level', '', '–'],
  ])('%s %j reads %s', (name, value, text) => {
    expect(write(name, value).text.replaceAll(/[\u00a0\u202f]/g, ' ')).toBe(text)
  })

  it.each([
    ['name', '1234.50'],
    ['product', '2026-10-01'],
    ['client_name', '2026-10'],
    ['license_id', '1234567'],
    ['commission_id', '12.34'],
    ['campaign_id', 1234567],
    ['key', 4711],
    ['status', 'pending'],
    ['total', 'no number'],
    ['earned_at', '2026-13'],
  ])('%s %j stays as it is: it is a name', (name, value) => {
    expect(write(name, value)).toEqual({ text: String(value), isNumber: false })
  })

  it('has the digits of its currency, which may be a row’s own', () => {
    expect(write('total', '1234', 'JPY').text.replaceAll('\u00a0', ' ')).toBe('JP¥ 1.234')
  })
})

describe('the figures of a statement', () => {
  const REPORTS = [
    partnerLeaderboard,
    leadsTimeline,
    pipelineAnalytics,
    resellerWeekly,
    usageReconciliation,
    withdrawalEligibility,
  ]
  it.each(REPORTS.map((report) => [report.name, report]))('of %s are all shown, money as money', (_, report) => {
    const sealed = report() as unknown as Sealed<unknown, unknown>
    const sections = sectionsOf(sealed)
    const shown = sections.flatMap(({ pairs, tables }) => [
      ...pairs.map(({ value }) => value),
      ...tables.flatMap(({ rows }) => rows.flat()),
    ])
    expect(shown.filter((text) => /^-?\d+\.\d\d$/.test(text))).toEqual([]) // as it was sealed
    expect(shown).not.toContain('undefined')
    expect(shown.join()).not.toMatch(/NaN|Invalid|T\d\d:\d\d:\d\dZ/)
  })

  it('stand right where they are numbers, and are told by their map where their names are others’', () => {
    const figures = { commission: { by_product: { 'live.chat 2026-10': '1.50' } }, change_percent: { lines: -12.5 } }
    const rows = [
      { name: '12', amount: '5.00', note: null },
      { name: 'Ann', amount: null, note: 'x' },
    ]
    const [change, commission, table] = sectionsOf(statement({ figures, rows, ...US })).sort((a, b) =>
      a.title < b.title ? -1 : 1,
    )
    expect(commission?.pairs).toEqual([{ label: 'By product: live.chat 2026-10', value: '$1.50' }])
    expect(change?.pairs).toEqual([{ label: 'Lines', value: '-12.5%' }])
    expect(table?.tables[0]?.columns).toEqual([
      { label: 'Name', isNumber: false },
      { label: 'Amount', isNumber: true },
      { label: 'Note', isNumber: false },
    ])
  })

  it('read the same in what a revision changed', () => {
    const changes = [
      { path: 'figures.commission.by_product.chat', before: null, after: '1.50' },
      { path: 'figures.change_percent.revenue', before: 1, after: -2.5 },
      { path: 'rows[12.34].amount', before: '1000.00', after: null },
      { path: 'rows[c2]', before: null, after: { amount: '1.00' } },
    ]
    expect(changesOf(statement({ changes, ...US })).map(({ before, after }) => [before, after])).toEqual([
      ['–', '$1.50'],
      ['1.0%', '-2.5%'],
      ['$1,000.00', '–'],
      ['–', '{"amount":"1.00"}'],
    ])
  })
})

const US = { account: { account_id: 1, name: 'Acme', time_zone: 'UTC', locale: 'en-US' }, currency: 'USD' }
