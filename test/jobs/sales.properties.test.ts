import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asTenant } from '../../db/connection/client.ts'
import { usageTotals } from '../../db/queries/usage.ts'
import { sumQuantities } from '../../db/values/quantity.ts'
import { parsePeriod, previousPeriod } from '../../jobs/calendar/period.ts'
import type { Outcome, ReportDefinition } from '../../jobs/report.ts'
import { leadsTimeline } from '../../jobs/reports/leads-timeline.ts'
import { partnerLeaderboard } from '../../jobs/reports/partner-leaderboard.ts'
import { pipelineAnalytics } from '../../jobs/reports/pipeline-analytics.ts'
import { usageReconciliation } from '../../jobs/reports/usage-reconciliation.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { parseMoney } from '../support/money.ts'
import { outcomes } from './program.ts'
import { type GeneratedSales, insertGeneratedSales, PARTNERS, STAGES, sales } from './sales-generated.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const key = fc.constantFrom('2025-03', '2025-W13', '2025-Q1', '2025-03-30', '2025-03-09..2025-04-07')
const minor = (text: string): bigint => parseMoney(text, 'USD') as bigint
const sum = (texts: readonly string[]): bigint => texts.reduce((total, text) => total + minor(text), 0n)
const count = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const given = <F, R>(outcome: Outcome<F, R>) => ('skip' in outcome ? [] : [outcome])

/** Runs a report over generated programs, 30 times. */
function over<F, R>(
  report: ReportDefinition<F, R>,
  look: (all: Outcome<F, R>[], facts: GeneratedSales, key: string) => void | Promise<void>,
) {
  const property = fc.asyncProperty(sales, key, async (facts, asked) => {
    const account = await insertGeneratedSales(database.db, facts)
    await look(await outcomes(database.db, account, report, { key: asked }), facts, asked)
  })
  return fc.assert(property, { numRuns: 30 })
}

test('pipeline: by agent, by stage and by week each add up to the totals', () =>
  over(pipelineAnalytics, (all, { deals }, asked) => {
    const period = parsePeriod(asked, 'Europe/Warsaw')
    const isIn = (instant: Date) => instant >= period.from && instant < period.to
    for (const { figures } of all.flatMap(given)) {
      expect(figures.total_created).toBe(deals.filter(({ created }) => isIn(created)).length)
      expect(figures.by_stage).toHaveLength(STAGES.length)
      for (const series of Object.values(figures.series)) {
        expect(count(series.map((row) => row.created))).toBe(figures.total_created)
        expect(count(series.map((row) => row.won))).toBe(figures.total_won)
        expect(count(series.map((row) => row.lost))).toBe(figures.total_lost)
        expect(sum(series.map((row) => row.value_created))).toBe(minor(figures.total_value_created))
        expect(sum(series.map((row) => row.value_won))).toBe(minor(figures.total_value_won))
      }
      expect(sum(figures.by_agent.map((row) => row.value_won))).toBe(minor(figures.total_value_won))
      expect(count(figures.by_stage.map((row) => row.count))).toBe(figures.total_created)
    }
  }))

test('leaderboard: every partner, in order, and the totals are theirs', () =>
  over(partnerLeaderboard, (all, _, asked) => {
    const [statement] = all.flatMap(given)
    const { totals, partners, previous } = statement?.figures ?? expect.fail('no statement')
    expect(partners.map(({ name }) => name).sort()).toEqual(PARTNERS.map((id) => `Partner ${id}`).sort())
    expect(sum(partners.map(({ revenue }) => revenue))).toBe(minor(totals.revenue))
    expect(sum(partners.map(({ open_pipeline }) => open_pipeline))).toBe(minor(totals.open_pipeline))
    expect(count(partners.map(({ total_leads }) => total_leads))).toBe(totals.total_leads)
    for (const [index, { revenue, name }] of partners.entries()) {
      const next = partners[index + 1]
      if (next)
        expect(minor(revenue) > minor(next.revenue) || (revenue === next.revenue && name < next.name)).toBe(true)
    }
    expect(previous.period.end_date < previousPeriod(parsePeriod(asked, 'Europe/Warsaw')).to.toISOString()).toBe(true)
  }))

test('timeline: total = received + sent = converted + rejected + pending, in each month and in all', () =>
  over(leadsTimeline, (all) => {
    const [statement] = all.flatMap(given)
    const { totals, months } = statement?.figures ?? expect.fail('no statement')
    for (const month of [totals, ...months]) {
      expect(month.received + month.sent).toBe(month.total)
      expect(month.converted + month.rejected + month.pending).toBe(month.total)
    }
    expect(count(months.map((month) => month.total))).toBe(totals.total)
  }))

test('usage: the header is the sum of the rows, the account that of its partners', () =>
  over(usageReconciliation, (all) => {
    const [whole, ...partners] = all.flatMap(given)
    for (const { figures, rows = [] } of whole ? [whole, ...partners] : []) {
      const total = (quantity: (row: (typeof rows)[number]) => unknown) =>
        Number(sumQuantities(rows.map((row) => String(quantity(row)))))
      expect(figures.organizations).toBe(rows.length)
      expect(count(Object.values(figures.verdicts))).toBe(rows.length)
      expect(count(rows.map((row) => row.events))).toBe(figures.events)
      expect(count(rows.map((row) => row.late_events))).toBe(figures.late_events)
      expect(figures.late).toHaveLength(figures.late_events)
      expect(total((row) => row.quantity)).toBe(figures.quantity)
      expect(total((row) => row.difference_quantity)).toBe(figures.difference_quantity)
      expect(total((row) => row.difference_credits)).toBe(figures.difference_credits)
      expect(sum(rows.map((row) => row.amount))).toBe(minor(figures.invoiced_amount))
    }
    expect(sum(partners.map(({ figures }) => figures.invoiced_amount))).toBe(
      minor(whole?.figures.invoiced_amount ?? '0'),
    )
    expect(count(partners.map(({ figures }) => figures.events))).toBe(whole?.figures.events ?? 0)
  }))

test('an endpoint counts the same events as the statement', () =>
  fc.assert(
    fc.asyncProperty(sales, key, async (facts, asked) => {
      const account = await insertGeneratedSales(database.db, facts)
      const period = parsePeriod(asked, 'Europe/Warsaw')
      const statements = (await outcomes(database.db, account, usageReconciliation, { key: asked })).flatMap(given)
      for (const { subject, figures } of statements) {
        if (subject.kind !== 'partner') continue
        const tenant = { accountId: account.accountId, partnerId: subject.partner_id }
        const totals = await asTenant(database.db, tenant, (scope) => usageTotals(scope, account, period))
        expect([totals.events, Number(totals.quantity)]).toEqual([figures.events, figures.quantity])
        expect(Number(totals.creditsUsed)).toBe(figures.credits_used)
      }
    }),
    { numRuns: 20 },
  ))
