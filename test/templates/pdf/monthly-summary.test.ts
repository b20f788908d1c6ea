import { describe, expect, test } from 'vitest'
import { formatMoney } from '../../../templates/format.ts'
import { monthlySummaryPdf } from '../../../templates/monthly-summary/pdf.ts'
import { elements, readPdf } from './read.ts'
import { commissionLines, dress, monthlySummary } from './samples.ts'

const render = async (...[options, wear]: [Parameters<typeof monthlySummary>[0]?, Parameters<typeof dress>[0]?]) =>
  readPdf(await monthlySummaryPdf(monthlySummary(options), dress(wear)))

describe('the monthly summary on paper', () => {
  test('says who, what, which period and every headline on its first page', async () => {
    const { pages, info } = await render()
    const first = pages[0]?.text ?? ''
    for (const said of [
      'Monthly summary',
      'Bluebird Consulting',
      'Acme Software',
      'October 2026',
      'Oct 1, 2026 – Oct 31, 2026',
      'Partner p-0042',
      '+23.4%',
      'previous $980.00',
      '$1,900.10',
      'Opening balance',
      '$2,210.40',
      '− withdrawn',
      'Closing balance',
      'Autumn newsletter',
      '35.4%',
    ]) {
      expect(first).toContain(said)
    }
    expect(info).toMatchObject({ Title: 'Monthly summary · October 2026 · Bluebird Consulting', Language: 'en-US' })
  })

  test('lists every line, carries the sum from page to page and ends with the headline', async () => {
    const rows = commissionLines(300)
    const statement = monthlySummary({ rows })
    const { pages, text } = await readPdf(await monthlySummaryPdf(statement, dress()))
    for (const row of rows) expect(text).toContain(row.commission_id)
    expect(text).toContain('Total of 300 lines')
    expect(text.split('Total of 300 lines')[1]).toContain(
      formatMoney(statement.figures.commission.total, 'USD', 'en-US'),
    )
    let shown = 0
    for (const [i, page] of pages.entries()) {
      const lines = rows.filter((row) => page.text.includes(row.commission_id))
      const forward = /Carried forward\s*(-?\$[\d,.]+)/.exec(page.text)?.[1]
      shown += lines.length
      if (lines.length === 0 || shown === rows.length) continue
      const cents = rows.slice(0, shown).reduce((sum, row) => sum + BigInt(row.amount.replace('.', '')), 0n)
      expect(forward).toBe(formatMoney(`${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`, 'USD', 'en-US'))
      expect(pages[i + 1]?.text).toContain('Date')
      expect(/Brought forward\s*(-?\$[\d,.]+)/.exec(pages[i + 1]?.text ?? '')?.[1]).toBe(forward)
    }
  })

  test('numbers its pages and names the seal on each', async () => {
    const { pages } = await render({ lines: 120 }, { sha256: 'deadbeef'.repeat(8) })
    expect(pages.length).toBeGreaterThan(2)
    for (const [i, page] of pages.entries()) {
      expect(page.text).toContain(`page ${i + 1} of ${pages.length}`)
      expect(page.text).toContain('SHA-256 deadbeef')
      expect(page.text).toContain('Acme Software')
      expect(page.text).toContain('October 2026')
    }
  })

  test('draws the twelve months with the numbers beside them and in words', async () => {
    const { pages } = await render()
    const figures = elements(pages[0]?.tree ?? { role: '' }, 'Figure')
    expect(figures).toHaveLength(1)
    expect(figures[0]?.alt).toContain('2026-01 -$120.50')
    expect(pages[0]?.text).toContain('Jan 2026')
    expect(pages[0]?.text).toContain('-$120.50')
  })

  test('is tagged: one title, headings, tables of rows with heading and data cells', async () => {
    const { pages, marked } = await render({ lines: 30 })
    const trees = pages.map((page) => page.tree)
    const count = (role: string) => trees.flatMap((tree) => elements(tree, role)).length
    expect(marked).toBe(true)
    expect(count('H1')).toBe(1)
    expect(count('H2')).toBeGreaterThan(6)
    const lines = elements(trees[1] ?? { role: '' }, 'Table').at(-1)
    expect(elements(lines ?? { role: '' }, 'TR')).toHaveLength(32)
    expect(elements(lines ?? { role: '' }, 'TH')).toHaveLength(8)
    expect(elements(lines ?? { role: '' }, 'TD').length).toBeGreaterThanOrEqual(30 * 8 + 2)
  })

  test('marks a revision on its first page, with what changed and what it replaces', async () => {
    const changes = [
      { path: 'figures.commission.total', before: '10.00', after: '12.34' },
      { path: 'rows[c-1].amount', before: null, after: '2.34' },
    ]
    const { pages } = await render({ more: { revision: 3, changes } })
    for (const said of [
      'REVISED',
      'revision 3',
      'replaces revision 2',
      'figures.commission.total',
      '10.00',
      '12.34',
      'rows[c-1].amount',
      '–',
    ]) {
      expect(pages[0]?.text).toContain(said)
    }
    expect(pages[0]?.text).not.toContain('PROVISIONAL')
  })

  test('names the revision that its reader had, and says what does not tie with the month before', async () => {
    const entry = { what: 'withdrawal_rejected', key: '7', currency: 'EUR', before: '-30.00', after: null } as const
    const correction = {
      period: '2026-09',
      revision: 1,
      closing: '120.00',
      opening: '150.00',
      difference: '30.00',
      entries: [{ ...entry, changed_at: '2026-10-15T12:00:00Z' }],
    }
    const changes = [{ path: 'figures.commission.total', before: '10.00', after: '12.34' }]
    const replaces = { revision: 1, sha256: '00' }
    const { pages } = await render({ more: { revision: 3, changes, replaces, correction } })
    for (const said of [
      'replaces revision 1',
      'Correction',
      'September 2026',
      '120.00',
      'Withdrawal rejected: 7',
      '30.00',
      'Oct 15, 2026',
    ])
      expect(pages[0]?.text).toContain(said)
  })

  test('marks what is provisional', async () => {
    const { pages } = await render({ more: { provisional: true } })
    expect(pages[0]?.text).toContain('PROVISIONAL')
    expect(pages[0]?.text).not.toContain('REVISED')
  })

  test('stands without lines, campaigns or anything earned', async () => {
    const { text } = await render({ lines: 0, figures: { best_campaigns: [] } })
    expect(text).toContain('No commission was earned in this period.')
    expect(text).not.toContain('Best campaigns')
  })

  test('lists every product, however many', async () => {
    const by_product = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`product-${i}`, `${i}.00`]))
    const base = monthlySummary().figures.commission
    const { text } = await render({ figures: { commission: { ...base, by_product } } })
    for (const product of Object.keys(by_product)) expect(text).toContain(product)
  })

  test.each([
    ['pt-BR', 'BRL', /R\$\s1\.900,10/],
    ['pl-PL', 'PLN', /1900,10\szł/],
    ['de-DE', 'EUR', /1\.900,10\s€/],
    ['ja-JP', 'JPY', /[¥￥]1,900/],
    ['ar-EG', 'EGP', /١٬٩٠٠٫١٠/],
  ])('writes numbers as %s reads them', async (locale, currency, money) => {
    const { text, info } = await render({ currency }, { locale })
    expect(text).toMatch(money)
    expect(info.Language).toBe(locale)
  })
})
