import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePeriod } from '../../../jobs/calendar/period.ts'
import { sampleTables, writeSampleProgram } from '../../../worker/demo/program.ts'
import { type Fact, SAMPLE_ACCOUNTS } from '../../../worker/demo/world.ts'

const until = new Date('2026-11-20T12:00:00Z')

const TABLES = [
  'accounts',
  'agents',
  'billing_details',
  'campaigns',
  'clicks',
  'commissions',
  'coupons',
  'credit_entries',
  'deals',
  'expert_comments',
  'expert_profiles',
  'expert_stats',
  'expert_views',
  'funnels',
  'fx_rates',
  'lead_events',
  'leads',
  'license_invoices',
  'license_operators',
  'licenses',
  'organizations',
  'partners',
  'stages',
  'usage_events',
  'usage_invoices',
  'withdrawals',
]

describe.each(SAMPLE_ACCOUNTS)('the sample account $accountId', (account) => {
  const tables = sampleTables(account, until, 'bursar')
  const table = (name: string): readonly Fact[] => tables[name] ?? []
  const values = (name: string, column: string) => table(name).map((fact) => fact[column])
  const partner = (id: string) => table('partners').find(({ partner_id }) => partner_id === id)

  it('fills every table', () => {
    expect(Object.keys(tables).sort()).toEqual(TABLES)
    for (const name of TABLES) expect(table(name).length, name).toBeGreaterThan(0)
  })

  it('refers to nothing that is not there', () => {
    const references = {
      partner_id: 'partners',
      campaign_id: 'campaigns',
      license_id: 'licenses',
      organization_id: 'organizations',
      lead_id: 'leads',
    }
    for (const name of TABLES) {
      for (const [column, parent] of Object.entries(references)) {
        const known = new Set(values(parent, column))
        for (const value of values(name, column)) if (value != null) expect(known, `${name}.${column}`).toContain(value)
      }
    }
  })

  it('tells of 14 months, until the last one ends', () => {
    const [first, last] = [parsePeriod('2025-09', account.timeZone), parsePeriod('2026-10', account.timeZone)]
    const clicked = values('clicks', 'occurred_at')
    const told = [...clicked, ...values('commissions', 'earned_at')].map((at) => new Date(String(at)))
    expect(told.filter((at) => at < first.from || at >= last.to)).toEqual([])
    expect(told.some((at) => at >= last.from)).toBe(true)
    expect(told.some((at) => at < first.to)).toBe(true)
  })

  it('has every kind of partner and of line, refunds below zero', () => {
    expect(new Set(values('partners', 'type'))).toEqual(new Set(['referral', 'reseller', 'distributor']))
    expect(values('commissions', 'kind')).toEqual(
      expect.arrayContaining(['commission', 'referral', 'refund', 'discount']),
    )
    for (const { kind, amount } of table('commissions')) if (kind === 'refund') expect(Number(amount)).toBeLessThan(0)
  })

  it('has one who opted out, one without address, one blocked, one gone quiet', () => {
    expect(partner(account.optedOut)).toMatchObject({ send_monthly_summary: false })
    expect(partner(account.withoutAddress)).toMatchObject({ email: '' })
    expect(partner(account.blocked)).toMatchObject({ blocked: true })
    const lately = table('commissions').filter(
      ({ partner_id, earned_at }) => partner_id === account.dormant && String(earned_at) > '2026-08-02',
    )
    expect(lately).toEqual([])
  })

  it('has deals in a foreign currency with a rate for every day', () => {
    expect(new Set(values('deals', 'currency')).size).toBe(2)
    expect(table('fx_rates').length).toBe(426)
    expect(new Set(values('fx_rates', 'date')).size).toBe(426)
  })
})

describe('the sample program', () => {
  it('is some 60 partners with names in many scripts', () => {
    const names = SAMPLE_ACCOUNTS.flatMap(({ people }) => people.map(({ name }) => name))
    expect(names.length).toBeGreaterThanOrEqual(58)
    for (const script of ['Greek', 'Cyrillic', 'Arabic', 'Hebrew', 'Han', 'Hiragana', 'Hangul']) {
      expect(
        names.some((name) => new RegExp(`\\p{Script=${script}}`, 'u').test(name)),
        script,
      ).toBe(true)
    }
    expect(names.some((name) => /\p{Emoji_Presentation}/u.test(name))).toBe(true)
  })

  it('has a month without activity', () => {
    const [, kumo] = SAMPLE_ACCOUNTS
    if (!kumo) throw new Error('no second account')
    const { from, to } = parsePeriod('2026-02', kumo.timeZone)
    const lines = sampleTables(kumo, until, 'bursar').commissions ?? []
    expect(
      lines.filter(({ earned_at }) => new Date(String(earned_at)) >= from && new Date(String(earned_at)) < to),
    ).toEqual([])
  })

  it('is written the same for the same month and seed, another for another', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sample-'))
    const folders = await writeSampleProgram(join(dir, 'a'), { until })
    await writeSampleProgram(join(dir, 'b'), { until: new Date('2026-11-30T23:00:00Z') })
    await writeSampleProgram(join(dir, 'c'), { until, seed: 'other' })
    const written = (which: string, file: string) => readFile(join(dir, which, 'account-1', file), 'utf8')
    expect(folders.map(({ accountId }) => accountId)).toEqual([1, 2])
    for (const file of await readdir(join(dir, 'a', 'account-1')))
      expect(await written('b', file)).toBe(await written('a', file))
    expect(await written('c', 'commissions.csv')).not.toBe(await written('a', 'commissions.csv'))
    await rm(dir, { recursive: true })
  })
})
