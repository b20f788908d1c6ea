import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../db/access/accounts.ts'
import { importDirectory } from '../../db/facts/import.ts'
import type { Statement } from '../../jobs/report.ts'
import { monthlySummary } from '../../jobs/reports/monthly-summary.ts'
import type { CommissionLine, MonthlySummaryFigures } from '../../templates/monthly-summary/view.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { parseMoney } from '../support/money.ts'
import { outcomes } from './program.ts'

interface Expected {
  readonly commission_by_month: Record<string, { total: string; lines: number; partners: number }>
  readonly leads_by_month_created: Record<
    string,
    { total: number; converted?: number; rejected?: number; pending?: number }
  >
  readonly top_partners_lifetime: { partner_id: string; commission: string }[]
  readonly top_partner_by_month: Record<string, string>
}

const folder = fileURLToPath(new URL('../../../shared/data/olist', import.meta.url))
const units = (text: string): bigint => parseMoney(text, 'BRL') as bigint

// Real facts lie beside the checkout where there are any: they are not ours to carry.
describe.runIf(existsSync(folder))('the months of a real program', () => {
  const expected: Expected = existsSync(folder) ? JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) : {}
  let database: TestDatabase
  let account: Account
  beforeAll(async () => {
    database = await freshDatabase()
    await importDirectory(database, folder, { accountId: 1, now: new Date('2018-10-01T00:00:00Z') })
    account = (await findAccount(database.db, 1)) as Account
  })
  afterAll(() => database.close())

  const statementsOf = async (key: string) =>
    (await outcomes(database.db, account, monthlySummary, { key })).filter(
      (outcome): outcome is Statement<MonthlySummaryFigures, CommissionLine> => !('skip' in outcome),
    )

  test.each(Object.keys(expected.commission_by_month ?? {}))('%s', async (key) => {
    const statements = await statementsOf(key)
    const sum = (of: (figures: MonthlySummaryFigures) => number) =>
      statements.reduce((all, { figures }) => all + of(figures), 0)
    expect({
      total: statements.reduce((all, { figures }) => all + units(figures.commission.total), 0n),
      lines: sum(({ commission }) => commission.lines),
      partners: statements.filter(({ figures }) => figures.commission.lines > 0).length,
    }).toEqual({ ...expected.commission_by_month[key], total: units(expected.commission_by_month[key]?.total ?? '') })
    for (const { figures, rows = [] } of statements) {
      expect(rows.reduce((all, { amount }) => all + units(amount), 0n)).toBe(units(figures.commission.total))
    }
    const leads = expected.leads_by_month_created[key]
    expect(sum(({ leads: { total } }) => total)).toBe(leads?.total ?? 0)
    expect(sum(({ leads: { converted } }) => converted)).toBe(leads?.converted ?? 0)
  })

  test('the best partners, for life and month by month', async () => {
    const lifetime = (await statementsOf('2018-08'))
      .map(({ subject, figures }) => ({
        partner_id: subject.kind === 'partner' ? subject.partner_id : '',
        commission: figures.commission.lifetime,
        months: figures.commission_by_month,
      }))
      .sort((a, b) => Number(units(b.commission) - units(a.commission)))
      .slice(0, 5)
    expect(lifetime.map(({ partner_id, commission }) => ({ partner_id, commission }))).toEqual(
      expected.top_partners_lifetime,
    )
    expect(Object.fromEntries(lifetime[0]?.months.map(({ month, total }) => [month, total]) ?? [])).toMatchObject(
      Object.fromEntries(Object.entries(expected.top_partner_by_month).slice(-12)),
    )
  })
})
