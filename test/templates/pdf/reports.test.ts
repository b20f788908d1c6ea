import { describe, expect, test } from 'vitest'
import { invoicePdf } from '../../../templates/invoice/pdf.ts'
import { leadsTimelinePdf } from '../../../templates/leads-timeline/pdf.ts'
import { partnerLeaderboardPdf } from '../../../templates/partner-leaderboard/pdf.ts'
import { pipelineAnalyticsPdf } from '../../../templates/pipeline-analytics/pdf.ts'
import { resellerWeeklyPdf } from '../../../templates/reseller-weekly/pdf.ts'
import { usageReconciliationPdf } from '../../../templates/usage-reconciliation/pdf.ts'
import { withdrawalEligibilityPdf } from '../../../templates/withdrawal-eligibility/pdf.ts'
import { elements, readPdf } from './read.ts'
import * as sample from './report-samples.ts'
import { dress } from './samples.ts'

const expectAll = (text: string, said: readonly string[]) => {
  for (const one of said) expect(text).toContain(one)
}

describe('the other reports on paper', () => {
  test('reseller weekly: each headline with the one before, every licence', async () => {
    const { text } = await readPdf(await resellerWeeklyPdf(sample.resellerWeekly(40), dress()))
    expectAll(text, [
      'Reseller weekly summary',
      'Week 42, 2026',
      'previous 2',
      '+100.0%',
      '-12.5%',
      'lic-39',
      'Client number 39',
      '12.5%',
    ])
  })

  test('usage reconciliation: exceptions before what matches, late and conflicting events by name', async () => {
    const { text } = await readPdf(await usageReconciliationPdf(sample.usageReconciliation(), dress()))
    expectAll(text, [
      '4,300.5',
      '-200.5',
      'Usage missing',
      'Invoice missing',
      'Over-invoiced',
      'e-2',
      'org-3',
      '$377.00',
    ])
    expect(text.indexOf('Organisation 4')).toBeLessThan(text.indexOf('Organisation 13'))
    expect(text.indexOf('Exceptions')).toBeLessThan(text.lastIndexOf('Matched'))
  })

  test('withdrawal eligibility: the eligible, then every reason why not', async () => {
    const { text } = await readPdf(await withdrawalEligibilityPdf(sample.withdrawalEligibility(200), dress()))
    expectAll(text, [
      '$1,000.00',
      'below the minimum',
      'on hold until Nov 12, 2026',
      'billing details missing',
      'Partner number 199',
      '100 partners',
    ])
  })

  test('partner leaderboard: everyone in order, totals beside those before', async () => {
    const { text, pages } = await readPdf(await partnerLeaderboardPdf(sample.partnerLeaderboard(70), dress()))
    expectAll(text, ['$12,000.00', '+4.2%', 'Partner number 69', 'All partners', '60.0%'])
    expect(elements(pages[0]?.tree ?? { role: '' }, 'Figure')[0]?.alt).toContain('Partner number 0 $17,500.00')
  })

  test('leads timeline: every month and their sum', async () => {
    const { text, pages } = await readPdf(await leadsTimelinePdf(sample.leadsTimeline(12), dress()))
    expectAll(text, ['Nov 2025', 'Oct 2026', 'All months', 'Received'])
    expect(elements(pages[0]?.tree ?? { role: '' }, 'Figure')).toHaveLength(1)
  })

  test('pipeline analytics: stages, weeks and agents', async () => {
    const { text } = await readPdf(await pipelineAnalyticsPdf(sample.pipelineAnalytics(), dress()))
    expectAll(text, [
      'New business',
      'Funnel 3',
      '+40.0%',
      'Proposal',
      '2026-W44',
      'Ada Byron',
      'Without agent',
      '$31,000.00',
      '28.6%',
    ])
  })

  test('an invoice names both sides, what it is for and its total', async () => {
    const { text, info } = await readPdf(await invoicePdf(sample.invoice(), dress()))
    expectAll(text, [
      'Invoice 3',
      'Acme Software',
      'Bluebird Consulting Ltd',
      '10005 Springfield NY',
      'VAT US123',
      'lic-12',
      '$312.00',
      'PAID',
    ])
    expect(info.Title).toContain('Invoice 3')
  })

  test('an invoice without billing details is addressed to the partner', async () => {
    const { text } = await readPdf(await invoicePdf({ ...sample.invoice(), billing: null }, dress()))
    expect(text).toContain('Bluebird Consulting')
  })
})
