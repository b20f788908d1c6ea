import { afterAll, beforeAll, expect, it } from 'vitest'
import { findAccount } from '../../db/access/accounts.ts'
import { inSnapshot } from '../../db/connection/client.ts'
import { parsePeriod } from '../../jobs/calendar/period.ts'
import { reports } from '../../jobs/index.ts'
import type { Outcome, ReportDefinition } from '../../jobs/report.ts'
import { sealStatement } from '../../jobs/seal.ts'
import type { Subject } from '../../templates/statement.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount } from '../support/factories.ts'

/** An account of which nothing is left: no partner, no organisation, no funnel. */
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db, { name: 'Program' })
})
afterAll(() => database.close())

const PARTNER: Subject = { kind: 'partner', partner_id: 'gone', name: 'Gone Ltd' }
const FUNNEL: Subject = { kind: 'funnel', funnel_id: 7, name: 'Sales' }
const ACCOUNT: Subject = { kind: 'account', name: 'Program' }

async function outcomesOf(report: ReportDefinition, restating: readonly Subject[], partners?: readonly string[]) {
  const account = await findAccount(database.db, 1)
  if (!account) throw new Error('no account')
  const period = parsePeriod('2026-10', 'UTC')
  const context = { account, period, asOf: period.to, restating, ...(partners && { partners }) }
  const outcomes: Outcome<unknown, unknown>[] = []
  await inSnapshot(database.db, async (db) => {
    for await (const outcome of report.statements({ ...context, db })) outcomes.push(outcome)
  })
  return { outcomes, head: { report: report.name, revision: 2, provisional: false, account, period, asOf: period.to } }
}

const EXPECTED: Readonly<Record<string, { restating: readonly Subject[]; partners?: readonly string[] }>> = {
  'monthly-summary': { restating: [PARTNER] },
  'reseller-weekly': { restating: [PARTNER] },
  'usage-reconciliation': { restating: [ACCOUNT, PARTNER] },
  'withdrawal-eligibility': { restating: [ACCOUNT] },
  'partner-leaderboard': { restating: [ACCOUNT] },
  'leads-timeline': { restating: [PARTNER], partners: ['gone'] },
  'pipeline-analytics': { restating: [FUNNEL] },
  'license-export': { restating: [PARTNER], partners: ['gone'] },
}

it.each(reports.map((report) => [report.name, report] as const))('%s says nothing in full', async (name, report) => {
  const { restating, partners } = EXPECTED[name] ?? { restating: [] }
  const { outcomes, head } = await outcomesOf(report, restating, partners)
  expect(outcomes.map(({ subject }) => subject)).toEqual(restating)
  for (const outcome of outcomes) {
    if ('skip' in outcome) throw new Error(`${name} skips ${outcome.subject.name}`)
    const { document, sha256 } = sealStatement(head, outcome)
    const dress = { sha256, locale: 'en' }
    expect(leavesOf(document.figures).filter((value) => typeof value === 'number' && value !== 0)).toEqual([])
    expect(leavesOf(document.figures).filter((value) => /^[\d.]+$/.test(String(value)) && Number(value) !== 0)).toEqual(
      [],
    )
    expect((await report.template.pdf?.(document, dress))?.byteLength ?? 1).toBeGreaterThan(0)
    report.template.csv?.(document)
    expect((await report.template.mail(document, { ...dress, files: [] })).text).toContain('Program')
  }
})

it.each(['monthly-summary', 'reseller-weekly'])('%s has nobody to speak to otherwise', async (name) => {
  const report = reports.find((one) => one.name === name) as ReportDefinition
  expect((await outcomesOf(report, [])).outcomes).toEqual([])
})

function leavesOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value]
  return Object.values(value).flatMap(leavesOf)
}
